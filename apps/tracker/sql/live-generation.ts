/** Which generation answers come from; Postgres looks it up once a statement, so a switch is between two answers. */
export const liveGeneration = `(SELECT number FROM generation WHERE state = 'live')`;
