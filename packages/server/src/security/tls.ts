import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import { Problem, unreadable } from "fixed-classifier-models/files";

/** PEM files. */
export interface TlsFiles {
  /** The server's certificate, and after it those that lead to a known authority. */
  readonly certificate: string;
  readonly key: string;
  /** Whose certificates clients must have; any client may come without. */
  readonly clientCa?: string;
}

/** What REST and gRPC serve TLS with. */
export interface Tls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly clientCa?: Buffer;
}

/** Reads the files and tries whether they belong together: a server that starts with a wrong key fails at its first client otherwise. */
export function readTls({ certificate, key, clientCa }: TlsFiles): Tls {
  const chain = readPem(certificate);
  const own = certificateOf(chain, certificate);
  const secret = readPem(key);
  if (!own.checkPrivateKey(keyOf(secret, key))) {
    throw new Problem(
      `${key} is not the key of the certificate ${certificate}; give the pair that was made together`,
    );
  }
  if (clientCa === undefined) return { certificate: chain, key: secret };
  const authority = readPem(clientCa);
  certificateOf(authority, clientCa);
  return { certificate: chain, key: secret, clientCa: authority };
}

/** As Node's and so Fastify's servers take it. */
export function httpsOptions({ certificate, key, clientCa }: Tls): SecureContextOptions & TlsOptions {
  if (clientCa === undefined) return { cert: certificate, key };
  return { cert: certificate, key, ca: clientCa, requestCert: true, rejectUnauthorized: true };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function certificateOf(pem: Buffer, file: string): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (error) {
    throw new Problem(`${file} is no certificate; a PEM file is expected, with BEGIN CERTIFICATE`, {
      cause: error,
    });
  }
  if (Date.parse(certificate.validTo) < Date.now()) {
    throw new Problem(`the certificate ${file} ended on ${certificate.validTo}; renew it`);
  }
  return certificate;
}

function keyOf(pem: Buffer, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new Problem(`${file} is no private key; a PEM file without a passphrase is expected`, {
      cause: error,
    });
  }
}
