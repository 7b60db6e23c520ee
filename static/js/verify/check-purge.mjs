// Check `purge`: the purge notes are about this draw, this bundle and these certificates (section
// 4.9). That data was destroyed cannot be proven by any file.

import { Refused } from "./bytes.mjs";
import { expectSame } from "./check-notes.mjs";
import { notApplicable, passed } from "./report.mjs";
import { hashHex } from "./sha256.mjs";
import { bundleHash } from "./zip.mjs";

export function checkPurge({ bundle }) {
  const { purges, manifest, files } = bundle;
  if (purges.length === 0) return notApplicable("the personal data has not been purged yet");
  const result = bundle.isCancelled ? "none" : bundle.result.hash;
  const settle = bundle.isCancelled ? "none" : (bundle.settles.at(-1)?.hash ?? result);
  for (const [place, purge] of purges.entries()) {
    const phase = String(place + 1);
    if (purge.name !== `purge-${phase}.note`) {
      throw new Refused(`${purge.name} is in the bundle, the phase before it is not`);
    }
    expectSame(`${purge.name}'s phase`, phase, purge.phase);
    expectSame(`${purge.name}'s manifest`, manifest.hash, purge.manifest);
    expectSame(`${purge.name}'s result`, result, purge.result);
    expectSame(`${purge.name}'s settle`, settle, purge.settle);
    expectSame(`${purge.name}'s bundle`, bundleHash(files), purge.bundle);
    const certificate = hashHex(purge.certificateFile);
    expectSame(`certificate-${phase}.json by ${purge.name}`, purge.certificate, certificate);
  }
  return passed(
    `purge notes up to phase ${purges.length} name this result, these files and their certificates`,
    { phase: purges.length },
  );
}
