package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Frames as bytes. Thread-safe.
 *
 * <p>A frame is its type, the length of the rest, and its fields. A node skips types that it does not know, and fields that come after
 * those that it knows: so that two releases understand each other if the newer one only adds. Nodes' clocks differ, so deadlines travel
 * as the time that is left.
 */
final class ClusterCodec {
    private static final int CARRY = 1;
    private static final int REFUSED = 2;
    private static final int ANSWERED = 3;
    private static final int UNANSWERED = 4;
    private static final int SETTLED = 5;
    private static final int FORGET = 6;
    private static final int DISCONNECT = 7;
    private static final int PUBLISH = 8;
    private static final int BEAT = 9;
    private static final int BYE = 10;
    private static final int JOINED = 11;
    private static final int LEFT = 12;
    private static final int TOUCHED = 13;
    private static final int ASK = 14;
    private static final int SESSIONS = 15;
    private static final int MARK = 16;
    private static final int ENTRY = 17;
    private static final int STORED = 18;
    private static final int GROWN = 19;
    private static final int BANNED = 20;
    private static final int BANS_KNOWN = 21;
    private static final int FETCH = 22;
    private static final int FETCHED_MESSAGES = 23;
    private static final int FETCHED = 24;
    private static final int PUBLISH_VOLATILE = 25;

    private static final int TEXT = 1;
    private static final int BINARY = 2;

    private static final int TELL = 0;
    private static final int REQUEST = 1;
    private static final int REPLY = 2;
    private static final int CONFIRM = 3;

    /** No router waits longer. */
    private static final long LONGEST = Duration.ofDays(30).toMillis();

    private static final Duration LONGEST_BAN = Duration.ofDays(36_500);

    private final InstantSource clock;

    ClusterCodec(InstantSource clock) {
        this.clock = clock;
    }

    byte[] encode(ClusterFrame frame) {
        byte[] body = body(frame, new ByteSink()).toByteArray();
        return new ByteSink().octet(type(frame)).octets(body).toByteArray();
    }

    private static int type(ClusterFrame frame) {
        return switch (frame) {
            case ClusterFrame.Carry _ -> CARRY;
            case ClusterFrame.Refused _ -> REFUSED;
            case ClusterFrame.Answered _ -> ANSWERED;
            case ClusterFrame.Unanswered _ -> UNANSWERED;
            case ClusterFrame.Settled _ -> SETTLED;
            case ClusterFrame.Forget _ -> FORGET;
            case ClusterFrame.Disconnect _ -> DISCONNECT;
            case ClusterFrame.Publish _ -> PUBLISH;
            case ClusterFrame.Entry _ -> ENTRY;
            case ClusterFrame.Stored _ -> STORED;
            case ClusterFrame.Grown _ -> GROWN;
            case ClusterFrame.Banned _ -> BANNED;
            case ClusterFrame.BansKnown _ -> BANS_KNOWN;
            case ClusterFrame.Fetch _ -> FETCH;
            case ClusterFrame.FetchedMessages _ -> FETCHED_MESSAGES;
            case ClusterFrame.Fetched _ -> FETCHED;
            case ClusterFrame.PublishVolatile _ -> PUBLISH_VOLATILE;
            case ClusterFrame.Beat _ -> BEAT;
            case ClusterFrame.Mark _ -> MARK;
            case ClusterFrame.Bye _ -> BYE;
            case ClusterFrame.Joined _ -> JOINED;
            case ClusterFrame.Left _ -> LEFT;
            case ClusterFrame.Touched _ -> TOUCHED;
            case ClusterFrame.Ask _ -> ASK;
            case ClusterFrame.Sessions _ -> SESSIONS;
        };
    }

    private ByteSink body(ClusterFrame frame, ByteSink to) {
        return switch (frame) {
            case ClusterFrame.Carry(Message message) -> message(message, to);
            case ClusterFrame.Refused refused -> refused(refused, to);
            case ClusterFrame.Answered(UUID request, Message reply) -> message(reply, to.uuid(request));
            case ClusterFrame.Unanswered(UUID request, RouteError error) -> error(error, to.uuid(request));
            case ClusterFrame.Settled(UUID message, Optional<RouteError> refusal) ->
                optional(refusal, ClusterCodec::error, to.uuid(message));
            case ClusterFrame.Forget(UUID message) -> to.uuid(message);
            case ClusterFrame.Disconnect(Address target, CloseReason reason) ->
                to.text(target.toString()).text(reason.name());
            case ClusterFrame.Publish(String topic, Optional<String> key, Message message) ->
                message(message, optional(key, (text, sink) -> sink.text(text), to.text(topic)));
            case ClusterFrame.Entry entry -> entry(entry, to);
            case ClusterFrame.Stored(UUID epoch, long offset, ClusterFrame.Entry entry) ->
                entry(entry, to.uuid(epoch).number(offset));
            case ClusterFrame.Grown(String topic) -> to.text(topic);
            case ClusterFrame.Banned(List<Bans.Ban> bans) -> list(bans, bans.size(), this::ban, to);
            case ClusterFrame.BansKnown(long digest) -> to.fixed(digest);
            case ClusterFrame.Fetch(UUID id, Address.Session session, String proof) ->
                to.uuid(id).text(session.toString()).text(proof);
            case ClusterFrame.FetchedMessages(UUID id, List<Message> messages) ->
                list(messages, messages.size(), this::message, to.uuid(id));
            case ClusterFrame.Fetched(UUID id, int messages, Optional<MovedSession> session) ->
                optional(session, ClusterCodec::moved, to.uuid(id).number(messages));
            case ClusterFrame.PublishVolatile(String topic, Message message) -> message(message, to.text(topic));
            case ClusterFrame.Beat beat -> beat(beat, to);
            case ClusterFrame.Mark _ -> to;
            case ClusterFrame.Bye _ -> to;
            case ClusterFrame.Joined(long version, SessionInfo session) -> session(session, to.number(version));
            case ClusterFrame.Left(long version, UUID session) ->
                to.number(version).uuid(session);
            case ClusterFrame.Touched(Map<UUID, Instant> at) -> touched(at, to);
            case ClusterFrame.Ask _ -> to;
            case ClusterFrame.Sessions sessions -> sessions(sessions, to);
        };
    }

    /** The next frame; null if it is of a type that this release does not know. */
    @Nullable
    ClusterFrame decode(ByteSource from) {
        int type = from.octet();
        ByteSource body = from.part(from.count());
        return switch (type) {
            case CARRY -> new ClusterFrame.Carry(message(body));
            case REFUSED -> refused(body);
            case ANSWERED -> new ClusterFrame.Answered(body.uuid(), message(body));
            case UNANSWERED -> new ClusterFrame.Unanswered(body.uuid(), error(body));
            case SETTLED -> new ClusterFrame.Settled(body.uuid(), optional(body, ClusterCodec::error));
            case FORGET -> new ClusterFrame.Forget(body.uuid());
            case DISCONNECT -> new ClusterFrame.Disconnect(Address.parse(body.text()), reason(body.text()));
            case PUBLISH -> new ClusterFrame.Publish(body.text(), optional(body, ByteSource::text), message(body));
            case ENTRY -> entry(body);
            case STORED -> new ClusterFrame.Stored(body.uuid(), body.number(), entry(body));
            case GROWN -> new ClusterFrame.Grown(body.text());
            case BANNED -> new ClusterFrame.Banned(list(body, this::ban));
            case BANS_KNOWN -> new ClusterFrame.BansKnown(body.fixed());
            case FETCH -> new ClusterFrame.Fetch(body.uuid(), sessionAddress(body.text()), body.text());
            case FETCHED_MESSAGES -> new ClusterFrame.FetchedMessages(body.uuid(), list(body, this::message));
            case FETCHED ->
                new ClusterFrame.Fetched(
                        body.uuid(), Math.toIntExact(body.number()), optional(body, ClusterCodec::moved));
            case PUBLISH_VOLATILE -> new ClusterFrame.PublishVolatile(body.text(), message(body));
            case BEAT -> beat(body);
            case MARK -> new ClusterFrame.Mark();
            case BYE -> new ClusterFrame.Bye();
            case JOINED -> new ClusterFrame.Joined(body.number(), session(body));
            case LEFT -> new ClusterFrame.Left(body.number(), body.uuid());
            case TOUCHED -> touched(body);
            case ASK -> new ClusterFrame.Ask();
            case SESSIONS -> sessions(body);
            default -> null;
        };
    }

    private interface Writing<T> {
        ByteSink write(T value, ByteSink to);
    }

    private static <T> ByteSink optional(Optional<T> value, Writing<T> writing, ByteSink to) {
        to.flag(value.isPresent());
        value.ifPresent(present -> writing.write(present, to));
        return to;
    }

    private static <T> Optional<T> optional(ByteSource from, Function<ByteSource, T> reading) {
        return from.flag() ? Optional.of(reading.apply(from)) : Optional.empty();
    }

    private static <T> ByteSink list(Iterable<T> values, int size, Writing<T> writing, ByteSink to) {
        to.number(size);
        values.forEach(value -> writing.write(value, to));
        return to;
    }

    private static <T> List<T> list(ByteSource from, Function<ByteSource, T> reading) {
        int count = from.count();
        List<T> read = new ArrayList<>(Math.min(count, 1_000));
        for (int i = 0; i < count; i++) {
            read.add(reading.apply(from));
        }
        return read;
    }

    /** Without its messages. */
    private static ByteSink moved(MovedSession session, ByteSink to) {
        to.text(session.remoteAddress())
                .number(session.connectedAt().toEpochMilli())
                .number(session.lastMessageAt().toEpochMilli());
        list(session.topics(), session.topics().size(), (topic, sink) -> sink.text(topic), to);
        to.number(session.written().size());
        session.written()
                .forEach((topic, place) -> to.text(topic).uuid(place.epoch()).number(place.offset()));
        return to;
    }

    private static MovedSession moved(ByteSource from) {
        String remoteAddress = from.text();
        Instant connectedAt = Instant.ofEpochMilli(from.number());
        Instant lastMessageAt = Instant.ofEpochMilli(from.number());
        List<String> topics = list(from, ByteSource::text);
        int count = from.count();
        Map<String, Position> written = new HashMap<>();
        for (int i = 0; i < count; i++) {
            written.put(from.text(), new Position(from.uuid(), from.number()));
        }
        return new MovedSession(remoteAddress, connectedAt, lastMessageAt, topics, written, List.of());
    }

    private ByteSink ban(Bans.Ban ban, ByteSink to) {
        Duration left = Duration.between(clock.instant(), ban.end());
        long millis = left.compareTo(LONGEST_BAN) < 0 ? Math.max(1, left.toMillis()) : LONGEST_BAN.toMillis();
        return to.text(ban.user())
                .number(millis)
                .flag(ban.lifted())
                .number(ban.at())
                .uuid(ban.by());
    }

    private Bans.Ban ban(ByteSource from) {
        String user = from.text();
        Instant end = clock.instant().plusMillis(Math.clamp(from.number(), 1, LONGEST_BAN.toMillis()));
        return new Bans.Ban(user, end, from.flag(), from.number(), from.uuid());
    }

    private ByteSink entry(ClusterFrame.Entry entry, ByteSink to) {
        return message(entry.message(), to.text(entry.topic()).text(entry.id()).number(entry.at()));
    }

    private ClusterFrame.Entry entry(ByteSource from) {
        return new ClusterFrame.Entry(from.text(), from.text(), from.number(), message(from));
    }

    private ByteSink message(Message message, ByteSink to) {
        to.uuid(message.id()).text(message.source().toString());
        optional(message.origin(), (origin, sink) -> sink.text(origin.toString()), to);
        list(message.targets(), message.targets().size(), (target, sink) -> sink.text(target.toString()), to);
        payload(message.payload(), to);
        headers(message.headers(), to);
        return intent(message.intent(), to);
    }

    private Message message(ByteSource from) {
        UUID id = from.uuid();
        Address source = Address.parse(from.text());
        Optional<Address.Session> origin = optional(from, ByteSource::text).map(ClusterCodec::sessionAddress);
        List<Address> targets = list(from, each -> Address.parse(each.text()));
        Payload payload = payload(from);
        Map<String, String> headers = headers(from);
        return new Message(id, source, origin, targets, payload, headers, Map.of(), intent(from));
    }

    private static Address.Session sessionAddress(String printed) {
        if (Address.parse(printed) instanceof Address.Session session) {
            return session;
        }
        throw new IllegalArgumentException("a message comes from a session, not from " + Strings.excerpt(printed));
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

    private static ByteSink headers(Map<String, String> headers, ByteSink to) {
        to.number(headers.size());
        headers.forEach((name, value) -> to.text(name).text(value));
        return to;
    }

    private static Map<String, String> headers(ByteSource from) {
        int count = from.count();
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < count; i++) {
            headers.put(from.text(), from.text());
        }
        return headers;
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

    private static ByteSink error(RouteError error, ByteSink to) {
        to.text(error.code().name());
        return optional(error.target(), (target, sink) -> sink.text(target.toString()), to)
                .text(error.message());
    }

    private static RouteError error(ByteSource from) {
        return new RouteError(code(from.text()), optional(from, each -> Address.parse(each.text())), from.text());
    }

    /** A code of a newer release is as good as a rejection. */
    private static ErrorCode code(String name) {
        return find(ErrorCode.values(), name).orElse(ErrorCode.REJECTED);
    }

    private static CloseReason reason(String name) {
        return find(CloseReason.values(), name).orElse(CloseReason.REMOVED);
    }

    private static <E extends Enum<E>> Optional<E> find(E[] values, String name) {
        return List.of(values).stream().filter(each -> each.name().equals(name)).findFirst();
    }

    private static ByteSink refused(ClusterFrame.Refused refused, ByteSink to) {
        to.uuid(refused.message());
        optional(refused.origin(), (origin, sink) -> sink.text(origin.toString()), to);
        return list(refused.errors(), refused.errors().size(), ClusterCodec::error, to);
    }

    private static ClusterFrame.Refused refused(ByteSource from) {
        return new ClusterFrame.Refused(
                from.uuid(),
                optional(from, ByteSource::text).map(ClusterCodec::sessionAddress),
                list(from, ClusterCodec::error));
    }

    private static ByteSink beat(ClusterFrame.Beat beat, ByteSink to) {
        to.number(beat.number())
                .text(beat.name())
                .number(beat.since().toEpochMilli())
                .number(beat.version());
        return list(beat.logics(), beat.logics().size(), (name, sink) -> sink.text(name), to)
                .flag(beat.draining());
    }

    private static ClusterFrame.Beat beat(ByteSource from) {
        long number = from.number();
        String name = from.text();
        Instant since = Instant.ofEpochMilli(from.number());
        long version = from.number();
        Set<String> logics = new HashSet<>(list(from, ByteSource::text));
        return new ClusterFrame.Beat(number, name, since, version, logics, from.flag());
    }

    private static ByteSink session(SessionInfo session, ByteSink to) {
        to.uuid(session.id()).text(session.user());
        headers(session.metadata(), to);
        return to.text(session.remoteAddress())
                .number(session.connectedAt().toEpochMilli())
                .number(session.lastMessageAt().toEpochMilli())
                .flag(session.connected());
    }

    private static SessionInfo session(ByteSource from) {
        return new SessionInfo(
                from.uuid(),
                Address.client(from.text()).id(),
                headers(from),
                from.text(),
                Instant.ofEpochMilli(from.number()),
                Instant.ofEpochMilli(from.number()),
                from.flag());
    }

    private static ByteSink touched(Map<UUID, Instant> at, ByteSink to) {
        to.number(at.size());
        at.forEach((id, time) -> to.uuid(id).number(time.toEpochMilli()));
        return to;
    }

    private static ClusterFrame.Touched touched(ByteSource from) {
        int count = from.count();
        Map<UUID, Instant> at = new HashMap<>();
        for (int i = 0; i < count; i++) {
            at.put(from.uuid(), Instant.ofEpochMilli(from.number()));
        }
        return new ClusterFrame.Touched(at);
    }

    private static ByteSink sessions(ClusterFrame.Sessions part, ByteSink to) {
        to.number(part.version()).flag(part.first()).flag(part.last());
        return list(part.sessions(), part.sessions().size(), ClusterCodec::sized, to);
    }

    /** With its length, so that a release which knows fewer fields finds the next. */
    private static ByteSink sized(SessionInfo session, ByteSink to) {
        return to.octets(session(session, new ByteSink()).toByteArray());
    }

    private static ClusterFrame.Sessions sessions(ByteSource from) {
        return new ClusterFrame.Sessions(
                from.number(), from.flag(), from.flag(), list(from, each -> session(each.part(each.count()))));
    }
}
