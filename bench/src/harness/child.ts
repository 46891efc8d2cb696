// One observation: `node child.js <case> <contender>` prints it as JSON.
import { loadCase } from '../cases/index.ts';
import { time } from './time.ts';

const [id = '', contender = ''] = process.argv.slice(2);
const { contenders } = await loadCase(id);
const make = contenders[contender];
if (make === undefined) throw new Error(`${id} has no contender ${JSON.stringify(contender)}`);
const subject = await make();
const value = 'measure' in subject ? await subject.measure() : await time(subject);
process.stdout.write(JSON.stringify({ value }), () => process.exit(0));
