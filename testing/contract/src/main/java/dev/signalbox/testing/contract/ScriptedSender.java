package dev.signalbox.testing.contract;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A sender that answers as a test says and remembers what it was given. Thread-safe. */
public final class ScriptedSender implements Sender {
    /** What to answer. */
    @FunctionalInterface
    public interface Script {
        SendResult answer(Delivery delivery) throws InterruptedException;
    }

    private final Channel channel;
    private final Duration timeout;
    private final int concurrency;
    private final Duration keyLifetime;
    private final boolean leavesDoubt;
    private volatile boolean sharesProvider;
    private volatile Script script;
    private final List<Delivery> given = new CopyOnWriteArrayList<>();

    private ScriptedSender(
            Channel channel,
            Script script,
            Duration timeout,
            int concurrency,
            Duration keyLifetime,
            boolean leavesDoubt) {
        this.channel = channel;
        this.script = script;
        this.timeout = timeout;
        this.concurrency = concurrency;
        this.keyLifetime = keyLifetime;
        this.leavesDoubt = leavesDoubt;
    }

    /** Accepts all, 16 at a time, in 5 s at most; recognises repeats for a day. */
    public static ScriptedSender of(Channel channel) {
        return new ScriptedSender(channel, delivery -> accepted(), Duration.ofSeconds(5), 16, Duration.ofDays(1), true);
    }

    public ScriptedSender withKeyLifetime(Duration lifetime) {
        return new ScriptedSender(channel, script, timeout, concurrency, lifetime, leavesDoubt);
    }

    public ScriptedSender withConcurrency(int most) {
        return new ScriptedSender(channel, script, timeout, most, keyLifetime, leavesDoubt);
    }

    public ScriptedSender withTimeout(Duration longest) {
        return new ScriptedSender(channel, script, longest, concurrency, keyLifetime, leavesDoubt);
    }

    /** An attempt without an answer counts as not sent. */
    public ScriptedSender withoutDoubt() {
        return new ScriptedSender(channel, script, timeout, concurrency, keyLifetime, false);
    }

    /** Failures in a row are the provider's. Before a dispatcher is built. */
    public ScriptedSender sharingAProvider() {
        sharesProvider = true;
        return this;
    }

    /** Answers so from now on. */
    public ScriptedSender answering(Script newScript) {
        script = newScript;
        return this;
    }

    public ScriptedSender answering(SendResult result) {
        return answering(delivery -> result);
    }

    public static SendResult accepted() {
        return new SendResult.Accepted(Optional.empty());
    }

    public static SendResult notSent() {
        return new SendResult.NotSent("no line", Optional.empty());
    }

    public static SendResult rejected() {
        return new SendResult.Rejected("no such number");
    }

    public static SendResult unknown() {
        return new SendResult.Unknown("no answer");
    }

    /** What it was given so far, in order. */
    public List<Delivery> given() {
        return given;
    }

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        given.add(delivery);
        return script.answer(delivery);
    }

    @Override
    public Channel channel() {
        return channel;
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public int concurrency() {
        return concurrency;
    }

    @Override
    public Duration keyLifetime() {
        return keyLifetime;
    }

    @Override
    public boolean leavesDoubt() {
        return leavesDoubt;
    }

    @Override
    public boolean sharesProvider() {
        return sharesProvider;
    }
}
