package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** What nodes tell of themselves as bytes: signs of life, sessions, presence, bans. Thread-safe. */
final class MembershipCodec {
    private static final Duration LONGEST_BAN = Duration.ofDays(36_500);

    private final InstantSource clock;

    MembershipCodec(InstantSource clock) {
        this.clock = clock;
    }

    static ByteSink session(SessionInfo session, ByteSink to) {
        return to.uuid(session.id())
                .text(session.user())
                .texts(session.metadata())
                .text(session.remoteAddress())
                .number(session.connectedAt().toEpochMilli())
                .number(session.lastMessageAt().toEpochMilli())
                .flag(session.connected());
    }

    static SessionInfo session(ByteSource from) {
        return new SessionInfo(
                from.uuid(),
                Address.client(from.text()).id(),
                from.map(ByteSource::text, ByteSource::text),
                from.text(),
                Instant.ofEpochMilli(from.number()),
                Instant.ofEpochMilli(from.number()),
                from.flag());
    }

    /** With its length, so that a release which knows fewer fields finds the next. */
    static ByteSink sized(SessionInfo session, ByteSink to) {
        return to.octets(session(session, new ByteSink()).toByteArray());
    }

    static SessionInfo sized(ByteSource from) {
        return session(from.part(from.count()));
    }

    static ByteSink touched(Map<UUID, Instant> at, ByteSink to) {
        return to.map(
                at,
                (each, sink) -> sink.uuid(each.getKey()).number(each.getValue().toEpochMilli()));
    }

    static Map<UUID, Instant> touched(ByteSource from) {
        return from.map(ByteSource::uuid, each -> Instant.ofEpochMilli(each.number()));
    }

    /** Without its messages. */
    static ByteSink moved(MovedSession session, ByteSink to) {
        return to.text(session.remoteAddress())
                .number(session.connectedAt().toEpochMilli())
                .number(session.lastMessageAt().toEpochMilli())
                .list(session.topics(), (topic, sink) -> sink.text(topic))
                .map(
                        session.written(),
                        (each, sink) -> sink.text(each.getKey())
                                .uuid(each.getValue().epoch())
                                .number(each.getValue().offset()));
    }

    static MovedSession moved(ByteSource from) {
        return new MovedSession(
                from.text(),
                Instant.ofEpochMilli(from.number()),
                Instant.ofEpochMilli(from.number()),
                from.list(ByteSource::text),
                from.map(ByteSource::text, each -> new Position(each.uuid(), each.number())),
                List.of());
    }

    ByteSink ban(Bans.Ban ban, ByteSink to) {
        Duration left = Duration.between(clock.instant(), ban.end());
        long millis = left.compareTo(LONGEST_BAN) < 0 ? Math.max(1, left.toMillis()) : LONGEST_BAN.toMillis();
        return to.text(ban.user())
                .number(millis)
                .flag(ban.lifted())
                .number(ban.at())
                .uuid(ban.by());
    }

    Bans.Ban ban(ByteSource from) {
        String user = from.text();
        Instant end = clock.instant().plusMillis(Math.clamp(from.number(), 1, LONGEST_BAN.toMillis()));
        return new Bans.Ban(user, end, from.flag(), from.number(), from.uuid());
    }

    static ByteSink beat(ClusterFrame.Beat beat, ByteSink to) {
        return to.number(beat.number())
                .text(beat.name())
                .number(beat.since().toEpochMilli())
                .number(beat.version())
                .list(beat.logics(), (name, sink) -> sink.text(name))
                .flag(beat.draining())
                .map(beat.presence(), (each, sink) -> sink.number(each.getKey()).number(each.getValue()));
    }

    static ClusterFrame.Beat beat(ByteSource from) {
        return new ClusterFrame.Beat(
                from.number(),
                from.text(),
                Instant.ofEpochMilli(from.number()),
                from.number(),
                new HashSet<>(from.list(ByteSource::text)),
                from.flag(),
                from.map(ByteSource::integer, ByteSource::number));
    }

    static ByteSink present(ClusterFrame.Present present, ByteSink to) {
        return to.text(present.topic()).text(present.user());
    }

    static ClusterFrame.Present present(ByteSource from) {
        return new ClusterFrame.Present(
                Address.topic(from.text()).name(), Address.client(from.text()).id());
    }

    static <E> ByteSink part(ClusterCopy.Part<E> part, ByteSink.Writing<E> writing, ByteSink to) {
        return to.number(part.version())
                .number(part.number())
                .flag(part.isLast())
                .list(part.entries(), writing);
    }

    static <E> ClusterCopy.Part<E> part(ByteSource from, Function<ByteSource, E> reading) {
        return new ClusterCopy.Part<>(from.number(), from.integer(), from.flag(), from.list(reading));
    }
}
