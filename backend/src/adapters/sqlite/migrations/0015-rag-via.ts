/** How an agent searches its documents: with the plugin's tool, or with a command. */
export const ragVia = `
  ALTER TABLE rag_skill ADD COLUMN via TEXT NOT NULL DEFAULT 'plugin';
`;
