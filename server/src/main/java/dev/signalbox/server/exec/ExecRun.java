package dev.signalbox.server.exec;

import dev.signalbox.exec.Capture;
import dev.signalbox.exec.Command;
import dev.signalbox.exec.CommandTimeoutException;
import dev.signalbox.exec.ExecException;
import dev.signalbox.exec.Exit;
import dev.signalbox.exec.RunningCommand;
import dev.signalbox.exec.RunningStream;
import dev.signalbox.exec.Source;
import dev.signalbox.observatory.ExecutionContext;
import dev.signalbox.router.Intent;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.server.configuration.FailureText;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a command for a client, on a thread of its own, in the execution context that it was made in. */
final class ExecRun {
    private static final Logger LOG = LoggerFactory.getLogger(ExecRun.class);

    private final Message asked;
    private final Logic.Context context;
    private final AllowedCommand allowed;
    private final Command command;
    private final String id;
    private final Thread thread;
    private volatile Optional<IntConsumer> signals = Optional.empty();
    private long sent;

    /** @param ended called when it is over, whatever came of it */
    ExecRun(
            Message asked,
            Logic.Context context,
            AllowedCommand allowed,
            ExecAsk.Start start,
            Consumer<ExecRun> ended) {
        this.asked = asked;
        this.context = context;
        this.allowed = allowed;
        this.command = allowed.with(start.arguments());
        this.id = start.id();
        Runnable task = () -> {
            try {
                run();
            } finally {
                ended.accept(this);
            }
        };
        this.thread = Thread.ofVirtual()
                .name("exec-" + allowed.name())
                .unstarted(ExecutionContext.current().wrap(task));
    }

    String id() {
        return id;
    }

    void start() {
        LOG.info("{} runs command {}", asked.source(), allowed.name());
        thread.start();
    }

    /** Ends it and all of its processes; returns at once. */
    void cancel() {
        thread.interrupt();
    }

    /**
     * Sends a signal to all of its processes in its process group.
     *
     * @return false if it has not been started yet
     * @throws UnsupportedOperationException if this platform has no way to send that signal
     */
    boolean signal(int number) {
        signals.ifPresent(running -> running.accept(number));
        return signals.isPresent();
    }

    void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try {
            Map<String, Object> end = asked.intent() instanceof Intent.Ask ? captured() : streamed();
            LOG.info("{} ran command {}: {}", asked.source(), allowed.name(), end.get("exit"));
            tell(end);
        } catch (InterruptedException e) {
            LOG.info("command {} of {} was cancelled", allowed.name(), asked.source());
            tell(failed("cancelled", "it was cancelled"));
        } catch (CommandTimeoutException e) {
            LOG.warn("command {} of {} ran into its timeout", allowed.name(), asked.source());
            tell(failed("timeout", FailureText.of(e)));
        } catch (ExecException e) {
            LOG.warn("command {} of {} failed", allowed.name(), asked.source(), e);
            tell(failed("failed", "it could not be run; the server's log says why"));
        }
    }

    private Map<String, Object> captured() throws InterruptedException {
        Capture capture;
        try (RunningCommand running = command.start()) {
            signals = Optional.of(running::signal);
            capture = running.await();
        }
        Map<String, Object> end = ended(capture.exit());
        end.put("stdout", capture.stdout().text());
        end.put("stderr", capture.stderr().text());
        end.put("truncated", capture.stdout().truncated() || capture.stderr().truncated());
        return end;
    }

    private Map<String, Object> streamed() throws InterruptedException {
        Exit exit;
        try (RunningStream running = command.startStream()) {
            signals = Optional.of(running::signal);
            exit = running.forEach(this::line);
        }
        Map<String, Object> end = ended(exit);
        end.put("truncated", sent > allowed.maxOutput());
        return end;
    }

    private void line(Source source, String line) throws InterruptedException {
        sent += line.length() + 1L;
        if (sent > allowed.maxOutput()) {
            return;
        }
        Map<String, Object> frame = frame();
        frame.put(source.name().toLowerCase(Locale.ROOT), line);
        if (!tell(frame)) {
            throw new InterruptedException("nobody listens any more");
        }
    }

    private Map<String, Object> ended(Exit exit) {
        Map<String, Object> frame = frame();
        frame.put("exit", exit.shellCode());
        return frame;
    }

    private Map<String, Object> failed(String code, @Nullable String message) {
        Map<String, Object> frame = frame();
        frame.put("error", code);
        frame.put("message", String.valueOf(message));
        return frame;
    }

    private Map<String, Object> frame() {
        Map<String, Object> frame = new LinkedHashMap<>();
        frame.put("command", allowed.name());
        frame.put("id", id);
        return frame;
    }

    private boolean tell(Map<String, Object> frame) {
        return context.reply(asked, Payload.text(ExecAsk.JSON.writeValueAsString(frame)))
                .complete();
    }
}
