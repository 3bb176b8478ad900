/** Limits of the body of a run, form or JSON. Lengths of text are in UTF-16 units, the rest says its unit. */

/** Longest `message` of a run. */
export const MAX_MESSAGE_LENGTH = 200_000;
/** Whole body of a run, bytes. */
export const MAX_FORM_BYTES = 20 * 1024 * 1024;
/** Whole body of a `/continue`, bytes: results of many calls, each as long as a model is given it. */
export const MAX_CONTINUE_BYTES = 2 * 1024 * 1024;
/** Fields of a form, files and unknown ones included; members of a JSON body. */
export const MAX_FORM_FIELDS = 100;
/** A multipart boundary, characters (RFC 2046, 5.1.1). */
export const MAX_BOUNDARY_LENGTH = 70;
/** The `content-type` header of a multipart form. */
export const MAX_CONTENT_TYPE_LENGTH = 1_000;
/** Headers of one part of a multipart form, its field and file name among them, bytes. */
export const MAX_PART_HEADER_BYTES = 8 * 1024;
/** Files and media entries of a form. */
export const MAX_MEDIA_COUNT = 20;
/** JSON text of one option that is not media. */
export const MAX_OPTION_JSON_LENGTH = 256 * 1024;
/** The same as it is sent, spaces between its values included; longer text is not even looked through. */
export const MAX_OPTION_TEXT_LENGTH = 8 * MAX_OPTION_JSON_LENGTH;
/** Nesting of a JSON option or media list. */
export const MAX_JSON_DEPTH = 32;
/** Characters `[]{},:` outside strings in one JSON option: some ten thousand values. */
export const MAX_OPTION_JSON_MARKS = 20_000;
/** The same in a media list: as many entries as are allowed, with every key, need about 350. */
export const MAX_MEDIA_JSON_MARKS = 500;
/** The same in a whole JSON body: what its options and media lists may hold together, and plain fields. */
export const MAX_BODY_JSON_MARKS = 4 * MAX_OPTION_JSON_MARKS + 4 * MAX_MEDIA_JSON_MARKS + 2 * MAX_FORM_FIELDS;
/** Each half of a content type that is said back to the client. */
export const MAX_ECHOED_TYPE_LENGTH = 100;
