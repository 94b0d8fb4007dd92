/** How far a running step is, where what it does can tell: the pull of a model, a download. */
export const stepPercent = `
ALTER TABLE task_step ADD COLUMN percent INTEGER CHECK (percent BETWEEN 0 AND 100);
`;
