/** What keeps the incidents of a server bounded, and who may read the details of a delivery. */
export const alerts = `
CREATE INDEX incident_ended ON incident (server_id, resolved_at, id) WHERE state = 'resolved';

-- The role on its server that whoever made the webhook needs to be told more than that something happened. NULL: it is about no server,
-- or the webhook is the server's own.
ALTER TABLE webhook_delivery ADD COLUMN needs_role TEXT CHECK (needs_role IN ('viewer', 'admin', 'owner'));
UPDATE webhook_delivery SET needs_role = 'owner' WHERE webhook_id IN (SELECT id FROM webhook WHERE server_id IS NULL);
`;
