// `npm run ex -- help`: every command, on one screen.
import { print } from '../screen.ts';

export function help(): void {
  print(
    '',
    '  npm run ex                                 the lessons, and how far you are',
    '  npm run ex -- <lesson> [program]           run your program; what follows another -- is for it',
    '  npm run ex -- <lesson> --watch             check it at every save',
    '  npm run ex -- <lesson> --test              check it once   (--all: also the steps after a failure)',
    '  npm run ex -- <lesson> --demo              see the finished lesson play',
    '  npm run ex -- <lesson> --solution          run the finished program  (with --test: check it)',
    '  npm run ex -- hint <lesson> [step]         the next hint, from a question to the shape of the code',
    '  npm run ex -- quiz                         ten questions of theory; what you missed comes back  (--help)',
    '  npm run ex -- undo <lesson> [version]      your version before this one',
    '  npm run ex -- history <lesson>             all your versions',
    '  npm run ex -- reset <lesson>               the starter again; your version is kept',
    '  npm run ex -- doctor [lesson]              what is wrong with this machine, if anything',
    '  npm run ex -- submit [lesson …]            pack your work to hand it in   (--out file.zip, --no-checks)',
    '  npm run ex -- --test                       the graded suite: points for every lesson',
    '',
    '  --json    one machine-readable result      --seed s   the same choices again',
    '  --check c only this check',
    '',
    '  <lesson> is a name, the beginning of one, or a number of the list.',
    '  Exit status: 0 all is well, 1 a check or a program failed, 2 wrong usage, 3 trouble in the workbook itself.',
    '',
    '  For authors: npm run ex -- new <name> · npm run starters · npm run bench · see CONTRIBUTING.md',
    '',
  );
}
