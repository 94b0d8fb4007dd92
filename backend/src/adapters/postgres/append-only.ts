interface Trigger {
  create: string;
  drop: string;
}

/** Makes a trigger that refuses what `when` says, with a function of its own name. */
function refusal({ name, table, on, when, message }: { name: string; table: string; on: string; when: string; message: string }): Trigger {
  return {
    create: `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $refusal$
BEGIN
  IF ${when} THEN RAISE EXCEPTION '${message}' USING ERRCODE = 'restrict_violation'; END IF;
  RETURN ${on === 'DELETE' ? 'OLD' : 'NEW'};
END $refusal$;
CREATE TRIGGER ${name} BEFORE ${on} ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    drop: `DROP TRIGGER ${name} ON ${table}`,
  };
}

/** TRUNCATE passes the triggers of rows by. */
function noTruncate(table: string, message: string): string {
  return `CREATE OR REPLACE FUNCTION ${table}_is_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $refusal$
BEGIN RAISE EXCEPTION '${message}' USING ERRCODE = 'restrict_violation'; END $refusal$;
CREATE OR REPLACE TRIGGER ${table}_is_never_emptied BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ${table}_is_never_emptied()`;
}

const CHANGED = 'audit rows cannot be changed';
const DELETED = 'audit rows cannot be deleted';
const FLOOR = 'the floor of the audit log only rises';

const update = refusal({ name: 'audit_is_append_only_update', table: 'audit', on: 'UPDATE', when: 'true', message: CHANGED });
const remove = refusal({
  name: 'audit_is_append_only_delete',
  table: 'audit',
  on: 'DELETE',
  // The table of the floor is made by a later migration than the first trigger.
  when: `to_regclass('audit_floor') IS NULL OR OLD.id > coalesce((SELECT audit_id FROM audit_floor), 0)`,
  message: DELETED,
});

/** The triggers of the migrations, by name, as PostgreSQL has them. */
export const appendOnly: Readonly<Record<string, Trigger>> = {
  audit_is_append_only_update: { ...update, create: `${update.create};\n${noTruncate('audit', DELETED)}` },
  audit_is_append_only_delete: remove,
  audit_floor_only_rises: refusal({
    name: 'audit_floor_only_rises',
    table: 'audit_floor',
    on: 'UPDATE',
    when: 'NEW.audit_id <= OLD.audit_id',
    message: FLOOR,
  }),
  audit_floor_stays: refusal({ name: 'audit_floor_stays', table: 'audit_floor', on: 'DELETE', when: 'true', message: FLOOR }),
};
