// Imports the solution by its absolute path in the sandbox.
// @ts-expect-error: it is there when this is graded.
// oxlint-disable-next-line import/no-absolute-path
import '/workbook/solutions/tcp-echo/server.ts';
