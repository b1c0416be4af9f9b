import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface TestCertificates {
  /** PEM of the authority: what a client's `tlsCAFile` holds. */
  readonly authority: string;
  /** For `startEventStoreServer({ tls })`: valid for localhost and the address. */
  readonly tls: { readonly key: string; readonly certificate: string };
}

/** An authority of our own and a certificate by it, made anew for each test: no key lies in the repository. */
export const testCertificates = (address: readonly number[] = [127, 0, 0, 1]): TestCertificates => {
  const [authorityKeys, serverKeys] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const [authority, server] = [name('Test authority'), name('localhost')];
  const issue = (subject: Buffer, key: KeyObject, extensions: Buffer): string =>
    pem(certificate({ issuer: authority, subject, key, extensions, by: authorityKeys!.privateKey }));
  return {
    authority: issue(authority, authorityKeys!.publicKey, sequence(extension('551d13', sequence(TRUE), true))),
    tls: {
      key: serverKeys!.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: issue(
        server,
        serverKeys!.publicKey,
        sequence(extension('551d11', alternativeNames(address), false)),
      ),
    },
  };
};

// The few words of DER (X.690) that an X.509 certificate (RFC 5280) takes.
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const integer = (bytes: Buffer): Buffer => der(0x02, bytes);
const bits = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes);
const time = (text: string): Buffer => der(0x17, Buffer.from(text));

const TRUE = der(0x01, Buffer.from([0xff]));
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const alternativeNames = (address: readonly number[]): Buffer =>
  sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from(address)));

const name = (common: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(common)))));

const extension = (id: string, value: Buffer, critical: boolean): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), der(0x04, value));

const certificate = (of: {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly key: KeyObject;
  readonly extensions: Buffer;
  readonly by: KeyObject;
}): Buffer => {
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    of.issuer,
    sequence(time('200101000000Z'), time('491231235959Z')),
    of.subject,
    of.key.export({ type: 'spki', format: 'der' }),
    der(0xa3, of.extensions),
  );
  return sequence(toBeSigned, ECDSA_WITH_SHA256, bits(sign('sha256', toBeSigned, of.by)));
};

const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
