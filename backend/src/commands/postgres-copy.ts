// What clawmoorctl needs of the PostgreSQL of DATABASE_URL:
//   postgres-copy dump FILE          a whole, checked copy while Clawmoor works on
//   postgres-copy load FILE          a copy in the place of what is there, as it is; Clawmoor must have stopped
//   postgres-copy free               ends well where no Clawmoor works with it
//   postgres-copy migrations [FILE]  the names of the migrations of a copy, or of what is there, one a line
//   postgres-copy aside SCRIPT       runs a script of Node.js on a copy in a database of its own, and removes it
import { readConfig } from '../config.ts';
import { postgresCopy } from '../world/postgres-copy.ts';
import { runCommand, say } from './console.ts';

await runCommand(() => postgresCopy({ config: readConfig(process.env), words: process.argv.slice(2), say }));
