package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who comes in and who has to leave, on all nodes: connections, bans and disconnections. Thread-safe; nothing here blocks. */
final class Admissions implements ClientGateway {
    private final RouterParts parts;
    private final Bans bans;
    private final SessionLifecycle life;

    Admissions(RouterParts parts, Bans bans, SessionLifecycle life) {
        this.parts = parts;
        this.bans = bans;
        this.life = life;
    }

    @Override
    public Topic everyone() {
        return parts.topics().everyone();
    }

    @Override
    public int maxPayloadBytes() {
        return parts.options().maxPayloadBytes();
    }

    @Override
    public int maxEncodedBytes() {
        return parts.options().maxEncodedBytes();
    }

    @Override
    public Admission connect(Principal principal, Connection connection, SessionStart start) {
        if (parts.entrance().isDraining()) {
            return new Admission.Refused(CloseReason.RESTARTING);
        }
        if (bans.end(principal.user()).isPresent()) {
            return new Admission.Refused(CloseReason.REMOVED);
        }
        ClusterMember member = parts.membership().member();
        if (member != null && !comesBack(start) && member.limits().isFull(principal.user())) {
            return new Admission.Refused(CloseReason.TOO_MANY_SESSIONS);
        }
        Admission admission = life.connect(principal, connection, start);
        if (member != null) {
            member.limits().check(principal.user());
        }
        // Race: ban() may have closed the user's sessions just before this one was among them.
        if (bans.end(principal.user()).isPresent()) {
            connection.close(CloseReason.REMOVED);
        }
        return admission;
    }

    @Override
    public CompletionStage<Void> fetch(Principal principal, SessionStart start) {
        ClusterMember member = parts.membership().member();
        ClusterRegistry.Located located = member == null ? null : wanted(member, start);
        boolean isWelcome =
                !parts.entrance().isDraining() && bans.end(principal.user()).isEmpty();
        if (member == null
                || located == null
                || !isWelcome
                || !located.session().user().equals(principal.user())
                || !(start instanceof SessionStart.Resume resume)) {
            return CompletableFuture.completedFuture(null);
        }
        Address.Session address = located.session().address();
        // Before it is asked for: what is sent to all from now on is sent to it here.
        Position all = parts.topics().everyone().position();
        return member.moves()
                .fetch(located.node(), address, resume.token())
                .thenCompose(moved -> moved.isPresent()
                        ? life.adopt(principal, address, resume, moved.get(), all)
                        : CompletableFuture.completedFuture(null));
    }

    private ClusterRegistry.@Nullable Located wanted(ClusterMember member, SessionStart start) {
        UUID id = start instanceof SessionStart.Resume resume
                ? LiveSession.idIn(resume.token()).orElse(null)
                : null;
        return id == null || parts.users().session(id) != null
                ? null
                : member.registry().session(id);
    }

    private boolean comesBack(SessionStart start) {
        return start instanceof SessionStart.Resume resume
                && LiveSession.idIn(resume.token()).map(parts.users()::session).isPresent();
    }

    boolean ban(String user, Instant end) {
        Address.client(user);
        boolean banned = bans.add(user, end);
        if (banned) {
            disconnect(user, CloseReason.REMOVED);
        }
        return banned;
    }

    Optional<Instant> bannedUntil(String user) {
        return bans.end(user);
    }

    boolean unban(String user) {
        return bans.lift(user);
    }

    boolean disconnect(String user, CloseReason reason) {
        ClusterMember member = parts.membership().member();
        boolean elsewhere = member != null && member.carrier().disconnect(user, reason);
        return disconnectHere(user, reason) || elsewhere;
    }

    boolean disconnect(UUID session, CloseReason reason) {
        ClusterMember member = parts.membership().member();
        return disconnectHere(session, reason)
                || (member != null && member.carrier().disconnect(session, reason));
    }

    boolean disconnectHere(String user, CloseReason reason) {
        User found = parts.users().find(user);
        List<LiveSession> sessions = found == null ? List.of() : found.sessions();
        sessions.forEach(session -> session.close(reason));
        return !sessions.isEmpty();
    }

    boolean disconnectHere(UUID id, CloseReason reason) {
        LiveSession session = parts.users().session(id);
        if (session == null) {
            return false;
        }
        session.close(reason);
        return true;
    }
}
