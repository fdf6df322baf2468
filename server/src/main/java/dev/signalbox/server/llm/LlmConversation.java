package dev.signalbox.server.llm;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.signalbox.llm.LlmAttempt;
import dev.signalbox.llm.LlmClient;
import dev.signalbox.llm.LlmException;
import dev.signalbox.llm.LlmRequest;
import dev.signalbox.llm.LlmResponse;
import dev.signalbox.llm.LlmStream;
import dev.signalbox.llm.LlmStreamListener;
import dev.signalbox.router.AckResult;
import dev.signalbox.router.Address;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One question of one client, in as many rounds as the model calls tools. With a window, a piece waits until so few are
 * unacknowledged, which holds the provider's stream back; without one, pieces are plain messages, and a client that does not
 * read is disconnected by its endpoint.
 *
 * <p>Threads: the rounds come one after the other, each on threads of its own; {@link #cancel} is for any thread.
 */
final class LlmConversation {
    /** A client that acknowledges nothing for so long has gone. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What conversations have in common. {@code deadline} is for a question with all its rounds. */
    record Surroundings(LlmClient models, LlmTools tools, Duration deadline, Consumer<LlmConversation> ended) {}

    private final LlmAsk ask;
    private final Message question;
    private final Logic.Context context;
    private final Surroundings around;
    private final Semaphore window;
    private final long began = System.nanoTime();
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();
    private final List<LlmResponse> rounds = new ArrayList<>();
    private Runnable stop = () -> {};
    private boolean cancelled;
    private volatile boolean expired;
    private long pieces;

    LlmConversation(LlmAsk ask, Message question, Logic.Context context, Surroundings around) {
        this.ask = ask;
        this.question = question;
        this.context = context;
        this.around = around;
        window = new Semaphore(ask.window());
    }

    String id() {
        return ask.id();
    }

    String client() {
        return question.source().toString();
    }

    /** Who gets the answer: the session that asked, and no other of its user. */
    Address asker() {
        return question.replyTo();
    }

    /** Names it among all that are under way. */
    String key() {
        return key(question, id());
    }

    static String key(Message question, String id) {
        return question.replyTo() + " " + id;
    }

    void refuse(String code, String why) {
        context.reply(question, LlmFrames.refused(id(), code, why));
    }

    void start() {
        LlmRequest request = ask.question().orElseThrow();
        if (!request.tools().isEmpty()) {
            watchDeadline();
        }
        ask(request);
    }

    /** Each call of a model keeps the deadline by itself; several of them with tools in between do not. */
    private void watchDeadline() {
        var _ = over.orTimeout(around.deadline().toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((done, failure) -> {
                    if (failure instanceof TimeoutException) {
                        expired = true;
                        cancel();
                    }
                });
    }

    private void ask(LlmRequest request) {
        LlmStream stream = around.models().stream(request, new Round(request));
        stoppingWith(stream::cancel);
    }

    /** What ends the present round. Race: the conversation may have been cancelled just before. */
    private void stoppingWith(Runnable action) {
        synchronized (this) {
            stop = action;
            if (!cancelled) {
                return;
            }
        }
        action.run();
    }

    /** Once is enough. A thread that waits for room in the window gets it, and finds the stream ended. */
    void cancel() {
        Runnable running;
        synchronized (this) {
            cancelled = true;
            running = stop;
        }
        running.run();
        window.release(LlmAsk.LARGEST_WINDOW);
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    /** Hears the answer of one round. */
    private final class Round implements LlmStreamListener {
        private final LlmRequest request;

        Round(LlmRequest request) {
            this.request = request;
        }

        @Override
        public void onText(String piece) {
            if (!LlmLogic.isAsked(question)) {
                say(LlmFrames.delta(id(), ++pieces, piece));
            }
        }

        @Override
        public void onRestart(LlmAttempt broken) {
            say(LlmFrames.restart(id()));
        }

        @Override
        public void onDone(LlmResponse response) {
            answered(request, response);
        }

        @Override
        public void onError(LlmException error) {
            end(expired ? timeout() : LlmFrames.error(id(), error));
        }
    }

    private void answered(LlmRequest request, LlmResponse response) {
        rounds.add(response);
        if (request.tools().isEmpty() || !response.message().hasToolExecutionRequests()) {
            end(LlmFrames.done(id(), LlmAnswer.of(rounds, elapsed())));
        } else if (rounds.size() > around.tools().rounds()) {
            end(LlmFrames.refused(
                    id(),
                    "tools",
                    "the model called tools " + rounds.size() + " times without an answer; at most "
                            + around.tools().rounds() + " are allowed (" + LlmKeys.TOOL_ROUNDS.path() + ")"));
        } else {
            carryOut(request.withMessage(response.message()), response.message().toolExecutionRequests());
        }
    }

    private void carryOut(LlmRequest request, List<ToolExecutionRequest> calls) {
        if (!LlmLogic.isAsked(question)) {
            calls.forEach(call -> say(LlmFrames.tool(id(), call.name())));
        }
        var results = around.tools().carryOut(calls, request.tools(), question, context.router(), remaining());
        stoppingWith(() -> results.cancel(true));
        var _ = results.whenComplete((messages, failure) -> {
            if (failure == null) {
                goOn(request, messages);
            } else {
                end(expired ? timeout() : LlmFrames.refused(id(), "cancelled", "the question was cancelled"));
            }
        });
    }

    private void goOn(LlmRequest request, List<ToolExecutionResultMessage> results) {
        LlmRequest next = request;
        for (ToolExecutionResultMessage result : results) {
            next = next.withMessage(result);
        }
        ask(next);
    }

    private Payload timeout() {
        return LlmFrames.refused(id(), "timeout", "no answer within " + around.deadline() + ", tools included");
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private Duration remaining() {
        Duration left = around.deadline().minus(elapsed());
        return left.isPositive() ? left : Duration.ofMillis(1);
    }

    private void say(Payload payload) {
        if (ask.window() == 0) {
            if (!context.send(asker(), payload).complete()) {
                cancel();
            }
            return;
        }
        window.acquireUninterruptibly();
        if (!isCancelled()) {
            context.router()
                    .sendAcknowledged(Message.of(context.self(), asker(), payload), PATIENCE)
                    .thenAccept(this::acknowledged);
        }
    }

    private void acknowledged(AckResult result) {
        if (result instanceof AckResult.Acked) {
            window.release();
        } else {
            cancel();
        }
    }

    /** Whether the client is still there to hear it is its endpoint's concern. */
    private void end(Payload payload) {
        over.complete(true);
        around.ended().accept(this);
        context.reply(question, payload);
    }
}
