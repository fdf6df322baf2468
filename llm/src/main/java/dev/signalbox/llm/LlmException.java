package dev.signalbox.llm;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a question got no answer. The subtype is the kind of failure; {@link #attempts()} tells what was tried.
 *
 * <p>Neither its message nor that of a cause holds a key or another header of the request; it may hold words of the
 * provider, at most 500 characters of them.
 */
public abstract sealed class LlmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Not part of the serialised form: a record of attempts is for the process that made them. */
    private transient List<LlmAttempt> attempts = List.of();

    private String message;
    private @Nullable Throwable cause;

    private LlmException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.message = message;
        this.cause = cause;
    }

    @Override
    public String getMessage() {
        return message;
    }

    @Override
    public synchronized @Nullable Throwable getCause() {
        return cause;
    }

    /** Takes secrets out of its words and its causes'. Before anyone else sees it. */
    synchronized void mask(Secrets secrets) {
        message = secrets.mask(message);
        cause = secrets.mask(cause);
    }

    /** What was tried, in order; the last one failed with this exception. Empty if nothing was. */
    public List<LlmAttempt> attempts() {
        return attempts == null ? List.of() : attempts;
    }

    void tried(List<LlmAttempt> all) {
        attempts = List.copyOf(all);
    }

    /** Whether the same question may succeed at the same model a little later. */
    boolean isPassing() {
        return false;
    }

    /** Whether another model may answer where this one did not. */
    boolean isOfTheModel() {
        return isPassing();
    }

    /** Whether it speaks against the provider's health, and so counts for its circuit breaker. */
    boolean isOfTheProvider() {
        return false;
    }

    /** Whether the provider certainly did no work that it could bill. */
    boolean isFree() {
        return true;
    }

    /** The key or token is missing, wrong, or may not use the model. Not repeated; the next model is asked. */
    public static final class Authentication extends LlmException {
        private static final long serialVersionUID = 1L;

        Authentication(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        boolean isOfTheModel() {
            return true;
        }
    }

    /** Too many requests or tokens in a time, or a quota is used up. */
    public static final class RateLimited extends LlmException {
        private static final long serialVersionUID = 1L;
        private final @Nullable Duration retryAfter;
        private final boolean exhausted;

        RateLimited(String message, Optional<Duration> retryAfter, boolean exhausted, @Nullable Throwable cause) {
            super(message, cause);
            this.retryAfter = retryAfter.orElse(null);
            this.exhausted = exhausted;
        }

        /** How long the provider asked to wait. */
        public Optional<Duration> retryAfter() {
            return Optional.ofNullable(retryAfter);
        }

        @Override
        boolean isPassing() {
            return !exhausted;
        }

        @Override
        boolean isOfTheModel() {
            return true;
        }
    }

    /** Prompt and answer do not fit the model. Not repeated; the next model, maybe a larger one, is asked. */
    public static final class ContextTooLong extends LlmException {
        private static final long serialVersionUID = 1L;

        ContextTooLong(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        boolean isOfTheModel() {
            return true;
        }
    }

    /** The provider's policy refused the prompt. No other model is asked: that would be a way around the policy. */
    public static final class ContentFiltered extends LlmException {
        private static final long serialVersionUID = 1L;

        ContentFiltered(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** An attempt, a silence in a stream, or the whole call took too long. */
    public static final class Timeout extends LlmException {
        private static final long serialVersionUID = 1L;
        private final boolean overall;

        Timeout(String message, boolean overall, @Nullable Throwable cause) {
            super(message, cause);
            this.overall = overall;
        }

        /** Whether the time of the whole call was up, and not only that of an attempt. */
        public boolean isOverall() {
            return overall;
        }

        @Override
        boolean isPassing() {
            return !overall;
        }

        @Override
        boolean isOfTheProvider() {
            return !overall;
        }

        @Override
        boolean isFree() {
            return false;
        }
    }

    /** No connection, a 5xx, an answer that broke off or cannot be read, or a circuit that is open. */
    public static final class Unavailable extends LlmException {
        private static final long serialVersionUID = 1L;
        private final @Nullable Duration retryAfter;
        private final Stage stage;

        /** How far the attempt came. */
        enum Stage {
            /** It was not made: the circuit is open. */
            CIRCUIT(false, false, true),
            /** It reached no provider that could be trusted. */
            UNTRUSTED(false, true, true),
            /** It was not sent, or refused. */
            REFUSED(true, true, true),
            /** The provider said in place of an answer that there is none. */
            DECLINED(false, true, false),
            /** The answer broke off or cannot be read. */
            BROKEN(true, true, false);

            private final boolean passing;
            private final boolean ofTheProvider;
            private final boolean free;

            Stage(boolean passing, boolean ofTheProvider, boolean free) {
                this.passing = passing;
                this.ofTheProvider = ofTheProvider;
                this.free = free;
            }
        }

        Unavailable(String message, Optional<Duration> retryAfter, Stage stage, @Nullable Throwable cause) {
            super(message, cause);
            this.retryAfter = retryAfter.orElse(null);
            this.stage = stage;
        }

        /** How long the provider asked to wait. */
        public Optional<Duration> retryAfter() {
            return Optional.ofNullable(retryAfter);
        }

        @Override
        boolean isPassing() {
            return stage.passing;
        }

        @Override
        boolean isOfTheModel() {
            return true;
        }

        @Override
        boolean isOfTheProvider() {
            return stage.ofTheProvider;
        }

        @Override
        boolean isFree() {
            return stage.free;
        }
    }

    /** An attempt could have passed a budget, so it was not made. The next model, maybe a cheaper one, is asked. */
    public static final class Budget extends LlmException {
        private static final long serialVersionUID = 1L;

        Budget(String message) {
            this(message, null);
        }

        Budget(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        boolean isOfTheModel() {
            return true;
        }
    }

    /** The caller cancelled, or the thread that waited was interrupted. */
    public static final class Cancelled extends LlmException {
        private static final long serialVersionUID = 1L;

        Cancelled(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        boolean isFree() {
            return false;
        }
    }

    /** The provider does not accept the request, and will not later either; or it has no such model. */
    public static final class BadRequest extends LlmException {
        private static final long serialVersionUID = 1L;
        private final boolean ofTheModel;

        BadRequest(String message, boolean ofTheModel, @Nullable Throwable cause) {
            super(message, cause);
            this.ofTheModel = ofTheModel;
        }

        @Override
        boolean isOfTheModel() {
            return ofTheModel;
        }
    }
}
