package dev.signalbox.server.inbox;

import dev.signalbox.delivery.inbox.InboxItem.State;
import dev.signalbox.delivery.inbox.Inboxes;
import dev.signalbox.delivery.inbox.Inboxes.Marks;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Violations;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A wish to give items of an inbox another state: those with some ids, or all. */
record InboxMark(boolean all, Set<String> ids, State state) {
    static final Set<String> FIELDS = Set.of("ids", "all", "state");

    static InboxMark read(JsonFields fields) {
        Violations violations = fields.violations();
        fields.refuseUnknown(FIELDS, "a mark");
        violations.check(fields.has("state"), fields.shown("state"), "is required: UNREAD, READ or ARCHIVED");
        State state = fields.text("state")
                .flatMap(text -> state(text, fields.shown("state"), violations))
                .orElse(State.READ);
        boolean all = fields.flag("all").orElse(false);
        Optional<JsonNode> ids = fields.array("ids");
        violations.check(
                all != ids.isPresent(), fields.shown("ids"), "or all is required, and not both: which items are meant");
        violations.check(
                !all || state != State.UNREAD, fields.shown("all"), "cannot make everything unread; name the items");
        return new InboxMark(all, ids.map(list -> ids(list, fields)).orElseGet(Set::of), state);
    }

    private static Set<String> ids(JsonNode list, JsonFields fields) {
        boolean valid = list.size() <= Inboxes.MOST && list.valueStream().allMatch(JsonNode::isString);
        fields.violations()
                .check(valid, fields.shown("ids"), "must be at most " + Inboxes.MOST + " strings, the ids of items");
        var ids = new LinkedHashSet<String>();
        if (valid) {
            list.forEach(id -> ids.add(id.stringValue()));
        }
        return ids;
    }

    static Optional<State> state(String text, String field, Violations violations) {
        Optional<State> state = Arrays.stream(State.values())
                .filter(each -> each.name().equals(text))
                .findFirst();
        violations.check(state.isPresent(), field, "must be UNREAD, READ or ARCHIVED");
        return state;
    }

    /** Does it; {@code all} in portions, each a transaction of its own. */
    Marks applyTo(Inboxes inboxes, String recipient) {
        if (!all) {
            return inboxes.mark(recipient, ids, state);
        }
        int changed = 0;
        Marks portion = inboxes.markAll(recipient, state);
        for (int left = inboxes.limits().items(); portion.changed() > 0 && left > 0; left -= Inboxes.MOST) {
            changed += portion.changed();
            portion = inboxes.markAll(recipient, state);
        }
        return new Marks(changed, portion.unread());
    }
}
