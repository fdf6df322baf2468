package dev.signalbox.server.exec;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.exec.Capture;
import dev.signalbox.exec.Command;
import dev.signalbox.exec.CommandEndedException;
import dev.signalbox.exec.ExecException;
import dev.signalbox.exec.ExecListener;
import dev.signalbox.exec.Exit;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.exec.ExecSettings.CommandSending;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has a command of the host deliver: it reads the message as JSON, and its exit code says how that went. Thread-safe.
 *
 * <p>0 is accepted, and the last line of its output is the provider's id; the configured code is not sent; any other is refused for
 * good. A command that did not end by itself may have sent or not: that is unknown. One that could not be started has not sent.
 */
final class CommandSender implements Sender {
    public static final String KEY = "SIGNALBOX_IDEMPOTENCY_KEY";

    /** Where OpenTelemetry looks for the caller's place in a trace. */
    private static final String TRACE = "TRACEPARENT";

    /** Enough for a line or an error; nobody reads more. */
    private static final int MAX_OUTPUT = 64 * 1024;

    private static final int LONGEST_ID = 200;
    private static final int LONGEST_REASON = 500;
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final CommandSending options;
    private final Channel channel;
    private final Command command;

    public CommandSender(CommandSending options, Function<String, ExecListener> listeners) {
        this.options = options;
        this.channel = new Channel(options.channel());
        Command plain = Command.of(options.words())
                .maxOutput(MAX_OUTPUT)
                .grace(grace(options.timeout()))
                .listener(listeners.apply("delivery." + options.channel()));
        this.command = ExecSettings.limited(plain, options.limits());
    }

    /** A part of the timeout, so that the two together are no longer than that. */
    private static Duration grace(Duration timeout) {
        Duration quarter = timeout.dividedBy(4);
        return quarter.compareTo(GRACE) < 0 ? quarter : GRACE;
    }

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        Duration within =
                delivery.remaining().compareTo(options.timeout()) < 0 ? delivery.remaining() : options.timeout();
        Duration running = within.minus(grace(options.timeout()));
        if (!running.isPositive()) {
            return notSent("no time was left");
        }
        if (!delivery.mayBegin()) {
            return notSent("its lease ran out before it began");
        }
        try {
            return result(command.timeout(running)
                    .env(KEY, delivery.idempotencyKey())
                    .env(delivery.traceparent()
                            .map(trace -> Map.of(TRACE, trace))
                            .orElse(Map.of()))
                    .stdin(json(delivery))
                    .capture());
        } catch (CommandEndedException e) {
            return new SendResult.Unknown(FailureText.of(e) + reason(e.partial()));
        } catch (ExecException e) {
            return notSent(FailureText.of(e));
        }
    }

    private static String json(Delivery delivery) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("id", delivery.id());
        message.put("step", delivery.step());
        message.put("attempt", delivery.attempt());
        message.put("channel", delivery.channel().name());
        message.put("address", delivery.address());
        message.put("body", delivery.body());
        message.put("headers", delivery.headers());
        return JsonMapper.shared().writeValueAsString(message) + "\n";
    }

    private SendResult result(Capture capture) {
        return switch (capture.exit()) {
            case Exit.Code(int code) when code == 0 -> new SendResult.Accepted(providerId(capture));
            case Exit.Code(int code) when code == options.retryCode() -> notSent(told(capture));
            case Exit.Code _ -> new SendResult.Rejected(told(capture));
            case Exit.Signal _, Exit.Unknown _ -> new SendResult.Unknown(told(capture));
        };
    }

    private static Optional<String> providerId(Capture capture) {
        List<String> lines = capture.stdout().lines();
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(lines.getLast().strip()).filter(line -> !line.isEmpty() && line.length() <= LONGEST_ID);
    }

    private static String told(Capture capture) {
        return capture.program() + " ended with " + capture.exit() + reason(capture);
    }

    private static String reason(Capture capture) {
        String errors = capture.stderr().trimmed();
        return errors.isEmpty() ? "" : ": " + errors.substring(Math.max(0, errors.length() - LONGEST_REASON));
    }

    private static SendResult notSent(String reason) {
        return new SendResult.NotSent(reason, Optional.empty());
    }

    @Override
    public Channel channel() {
        return channel;
    }

    @Override
    public Duration timeout() {
        return options.timeout();
    }

    @Override
    public int concurrency() {
        return options.concurrency();
    }

    @Override
    public Duration keyLifetime() {
        return options.keyLifetime();
    }
}
