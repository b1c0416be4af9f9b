/** Whether a text is a lower-case UUID: what ids are, whatever their version (docs/formats.md, Ids and idempotency). */
export const isUuid = (text: string): boolean => UUID.test(text);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
