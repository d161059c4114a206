/**
 * How the tables shrink: an onboarding that was passed on is forgotten only after every topic's retention (90 days at the
 * most), so that a re-read of the topics revives nobody; a command likewise. Where it ended its row stays, for there an
 * erasure is answered, however late. $1 days
 */
export const pruneRunsSql = `
DELETE FROM stage_run WHERE onboarding_id IN (
  SELECT onboarding_id FROM stage_run
  WHERE state = 'passed' AND updated_at < now() - $1::float8 * interval '1 day' LIMIT 1000)`;

export const pruneRestoredSql = `
DELETE FROM restored_run WHERE onboarding_id IN (
  SELECT onboarding_id FROM restored_run WHERE created_at < now() - $1::float8 * interval '1 day' LIMIT 1000)`;

export const pruneCommandsSql = `
DELETE FROM command WHERE command_id IN (
  SELECT command_id FROM command WHERE received_at < now() - $1::float8 * interval '1 day' LIMIT 1000)`;
