package dev.signalbox.server.inbox;

import dev.signalbox.delivery.inbox.InboxItem.State;
import dev.signalbox.delivery.inbox.Inboxes;
import dev.signalbox.server.rest.Fields;
import dev.signalbox.server.rest.Violations;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What is asked of an inbox: items with one state, or all that are not archived. */
record InboxQuery(Set<State> states, Optional<String> after, int limit) {
    static final Set<String> FIELDS = Set.of("state", "after", "limit");

    private static final int USUAL = 50;

    static InboxQuery read(Fields fields, Violations violations) {
        Set<State> states = fields.text("state")
                .map(text -> states(text, fields.shown("state"), violations))
                .orElseGet(() -> EnumSet.of(State.UNREAD, State.READ));
        int limit = fields.integer("limit").orElse(USUAL);
        violations.check(
                limit >= 1 && limit <= Inboxes.MOST, fields.shown("limit"), "must be from 1 to " + Inboxes.MOST);
        return new InboxQuery(states, fields.text("after"), limit);
    }

    private static Set<State> states(String text, String field, Violations violations) {
        return InboxMark.state(text, field, violations)
                .map(state -> Set.of(state))
                .orElseGet(Set::of);
    }

    InboxItemView.Page of(Inboxes inboxes, String recipient) {
        return InboxItemView.Page.of(recipient, inboxes.list(recipient, states, after, limit));
    }
}
