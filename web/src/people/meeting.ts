// Before anything is sealed: whose keys are these, are they in the log, do they still count, and is anybody there?

import { readFrom, Log, UnreadableError } from "../check/log.ts";
import { fromUtf8 } from "../proof/bytes.ts";
import type { Facts } from "./facts.ts";
import { LineError, ask } from "./line.ts";
import { today } from "./numbers.ts";
import type { Standing } from "./relaywire.ts";
import { standing } from "./sending.ts";
import { type Team, readTeam } from "./team.ts";

/** Why this page does not take a message: a part of the page says it in words. */
export type Reason = "bad" | "ended" | "closed" | "stale";

export class RefusedError extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason);
    this.reason = reason;
  }
}

export interface Met {
  readonly team: Team;
  /** Not for a carried file. */
  readonly there?: Standing;
  readonly isOld: boolean;
}

/** Raises `RefusedError`, or `LineError` when the line dropped: then the same may be tried again. */
export async function meet(facts: Facts): Promise<Met> {
  try {
    return await (facts.carried ? carried(facts) : online(facts));
  } catch (error) {
    if (error instanceof RefusedError || error instanceof LineError) throw error;
    if (error instanceof UnreadableError) throw new LineError(error.message);
    throw new RefusedError("bad");
  }
}

async function carried({ carried, fund }: Facts): Promise<Met> {
  const team = readTeam(carried?.team ?? "", fund);
  const age = team.carried(today());
  if (age === "ended") throw new RefusedError("ended");
  return { team, isOld: age === "old" };
}

async function online({ root, fund, origin }: Facts): Promise<Met> {
  const [team, there] = await Promise.all([readLogged(root, fund), standing(root)]);
  if (team.origin !== origin || there.origin !== origin) throw new RefusedError("bad");
  if (there.roster > team.version) throw new RefusedError("stale");
  // Whoever can turn back this device's clock or the site's alone can't bring old keys back.
  if (team.until < (there.day > today() ? there.day : today())) throw new RefusedError("ended");
  if (!there.open) throw new RefusedError("closed");
  return { team, there, isOld: false };
}

/** Read the roster and see that the log has it. */
export async function readLogged(root: string, fund: string): Promise<Team> {
  const team = readTeam(fromUtf8(await ask(`${root}roster.json`, null)), fund);
  await team.checkLogged(new Log(readFrom(`${root}log/`)));
  return team;
}
