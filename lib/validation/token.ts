/** What can stand in a header: with a line break in a token, the rest of it would be a header of its own. */
export const TOKEN = /^[\x21-\x7e]+$/;
