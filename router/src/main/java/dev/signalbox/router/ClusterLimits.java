package dev.signalbox.router;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The most sessions of a user on all nodes together. Thread-safe; nothing here blocks.
 *
 * <p>Nodes may let sessions in at the same time, none knowing of the other's. Whenever a node learns of one that makes too many, it closes those
 * of its own that have to go: all nodes choose by the sessions' ids, which grow with the time, and so choose the same.
 */
final class ClusterLimits {
    private final RouterOptions.Sessions options;
    private final Users users;
    private final ClusterRegistry registry;

    ClusterLimits(RouterOptions.Sessions options, Users users, ClusterRegistry registry) {
        this.options = options;
        this.users = users;
        this.registry = registry;
    }

    private boolean replaces() {
        return options.atLimit() == RouterOptions.AtSessionLimit.REPLACE_OLDEST;
    }

    private List<LiveSession> here(String user) {
        User known = users.find(user);
        return known == null ? List.of() : known.sessions();
    }

    /** Whether a newcomer is refused: sessions of this node that have no connection would give way to it. */
    boolean isFull(String user) {
        List<LiveSession> here = here(user);
        return !replaces()
                && here.stream().noneMatch(LiveSession::isDetached)
                && here.size() + registry.sessionCount(user) >= options.perUser();
    }

    /** There may be more sessions elsewhere, of any user. */
    void check() {
        users.sessions().stream()
                .map(session -> session.address().user())
                .distinct()
                .forEach(this::check);
    }

    /** The user has one session more, here or elsewhere. */
    void check(String user) {
        List<LiveSession> here = here(user);
        if (here.isEmpty() || here.size() + registry.sessionCount(user) <= options.perUser()) {
            return;
        }
        List<UUID> all = Stream.concat(
                        here.stream().map(session -> session.address().id()),
                        registry.sessionsOf(user).stream()
                                .map(each -> each.session().id()))
                .sorted()
                .distinct()
                .toList();
        int surplus = Math.max(0, all.size() - options.perUser());
        List<UUID> victims = replaces() ? all.subList(0, surplus) : all.subList(all.size() - surplus, all.size());
        CloseReason reason = replaces() ? CloseReason.REPLACED : CloseReason.TOO_MANY_SESSIONS;
        here.stream()
                .filter(session -> victims.contains(session.address().id()))
                .forEach(session -> session.close(reason));
    }
}
