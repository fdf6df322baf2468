package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Messages, and errors of them, as bytes. Thread-safe. Nodes' clocks differ, so deadlines travel as the time that is left. */
final class MessageCodec {
    /** A message has no origin, or an address as its origin, or is of a session of the client that is its source: of that, only the id is said. */
    private static final int NO_ORIGIN = 0;

    private static final int ORIGIN = 1;
    private static final int SESSION_OF_SOURCE = 2;

    private static final int TEXT = 1;
    private static final int BINARY = 2;

    private static final int TELL = 0;
    private static final int REQUEST = 1;
    private static final int REPLY = 2;
    private static final int CONFIRM = 3;

    /** No router waits longer. */
    private static final long LONGEST = Duration.ofDays(30).toMillis();

    private final InstantSource clock;

    MessageCodec(InstantSource clock) {
        this.clock = clock;
    }

    /** What messages of one sender to the same targets have in common comes first: {@link ClusterFrames} leaves it out. */
    ByteSink message(Message message, ByteSink to) {
        to.text(message.source().toString());
        origin(message, to).list(message.targets(), MessageCodec::address).uuid(message.id());
        payload(message.payload(), to);
        return intent(message.intent(), to.texts(message.headers()));
    }

    Message message(ByteSource from) {
        Address source = Address.parse(from.text());
        Optional<Address.Session> origin = origin(source, from);
        List<Address> targets = from.list(each -> Address.parse(each.text()));
        UUID id = from.uuid();
        Payload payload = payload(from);
        Map<String, String> headers = from.map(ByteSource::text, ByteSource::text);
        return new Message(id, source, origin, targets, payload, headers, Map.of(), intent(from));
    }

    private static ByteSink origin(Message message, ByteSink to) {
        Address.Session origin = message.origin().orElse(null);
        if (origin == null) {
            return to.octet(NO_ORIGIN);
        }
        return message.source().equals(Address.client(origin.user()))
                ? to.octet(SESSION_OF_SOURCE).uuid(origin.id())
                : address(origin, to.octet(ORIGIN));
    }

    private static Optional<Address.Session> origin(Address source, ByteSource from) {
        return switch (from.octet()) {
            case NO_ORIGIN -> Optional.empty();
            case SESSION_OF_SOURCE -> Optional.of(session(source, from.uuid()));
            default -> Optional.of(session(from));
        };
    }

    private static Address.Session session(Address source, UUID id) {
        if (source instanceof Address.Client(String user)) {
            return new Address.Session(user, id);
        }
        throw new IllegalArgumentException("a session is a client's, and not of " + source);
    }

    static ByteSink address(Address address, ByteSink to) {
        return to.text(address.toString());
    }

    static Address.Session session(ByteSource from) {
        String printed = from.text();
        if (Address.parse(printed) instanceof Address.Session session) {
            return session;
        }
        throw new IllegalArgumentException("this is for a session, and not for " + Strings.excerpt(printed));
    }

    private static void payload(Payload payload, ByteSink to) {
        switch (payload) {
            case Payload.Text text -> to.octet(TEXT).text(text.value());
            case Payload.Binary binary -> to.octet(BINARY).octets(binary.toByteArray());
        }
    }

    private static Payload payload(ByteSource from) {
        return from.octet() == TEXT ? Payload.text(from.text()) : Payload.binary(from.octets());
    }

    private ByteSink intent(Intent intent, ByteSink to) {
        return switch (intent) {
            case Intent.Tell _ -> to.octet(TELL);
            case Intent.Ask(Instant deadline) -> to.octet(REQUEST).number(left(deadline));
            case Intent.Reply(UUID request) -> to.octet(REPLY).uuid(request);
            case Intent.Confirm(Instant until) -> to.octet(CONFIRM).number(left(until));
        };
    }

    private Intent intent(ByteSource from) {
        return switch (from.octet()) {
            case REQUEST -> new Intent.Ask(deadline(from.number()));
            case REPLY -> new Intent.Reply(from.uuid());
            case CONFIRM -> new Intent.Confirm(deadline(from.number()));
            default -> Intent.TELL;
        };
    }

    private Instant deadline(long left) {
        return clock.instant().plusMillis(Math.clamp(left, 1, LONGEST));
    }

    private long left(Instant deadline) {
        return Math.max(1, Duration.between(clock.instant(), deadline).toMillis());
    }

    static ByteSink error(RouteError error, ByteSink to) {
        return to.text(error.code().name())
                .optional(error.target(), MessageCodec::address)
                .text(error.message());
    }

    static RouteError error(ByteSource from) {
        return new RouteError(code(from.text()), from.optional(each -> Address.parse(each.text())), from.text());
    }

    /** A code of a newer release is as good as a rejection. */
    private static ErrorCode code(String name) {
        return find(ErrorCode.values(), name).orElse(ErrorCode.REJECTED);
    }

    static CloseReason reason(String name) {
        return find(CloseReason.values(), name).orElse(CloseReason.REMOVED);
    }

    private static <E extends Enum<E>> Optional<E> find(E[] values, String name) {
        return List.of(values).stream().filter(each -> each.name().equals(name)).findFirst();
    }
}
