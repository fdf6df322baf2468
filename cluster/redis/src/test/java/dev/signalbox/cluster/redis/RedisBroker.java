package dev.signalbox.cluster.redis;

import dev.signalbox.testing.contract.FaultyStore;
import dev.signalbox.testing.services.RealRedis;

/** A real server as contracts want it. What it kept when it was saved is what it starts with: start it with {@code appendonly no}. */
record RedisBroker(RealRedis redis) implements FaultyStore {
    @Override
    public int port() {
        return redis.port();
    }

    @Override
    public void kill() {
        redis.kill();
    }

    @Override
    public void startAgain() {
        redis.startAgain();
    }

    @Override
    public void freeze() {
        redis.freeze();
    }

    @Override
    public void thaw() {
        redis.thaw();
    }

    @Override
    public void save() {
        redis.ask("SAVE");
    }

    @Override
    public void goBack() {
        redis.kill();
        redis.startAgain();
    }

    @Override
    public void empty() {
        redis.ask("FLUSHALL");
    }

    @Override
    public void close() {
        redis.close();
    }
}
