/** Characters that are safe in a header: a line break in a token would start another header. */
export const TOKEN = /^[\x21-\x7e]+$/;
