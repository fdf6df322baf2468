package dev.signalbox.database;

/**
 * A pool at one moment.
 *
 * @param name of the pool: {@code main}, {@code readers} (SQLite), or the name it was set {@linkplain Database#apart apart} with
 * @param most how many connections it may open
 * @param busy connections in use
 * @param idle open connections that are free
 * @param waiting callers that wait for one
 */
public record PoolFigures(String name, int most, int busy, int idle, int waiting) {}
