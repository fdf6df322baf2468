package dev.signalbox.server.inbox;

import dev.signalbox.delivery.inbox.InboxItem;
import dev.signalbox.delivery.inbox.Inboxes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An item as callers see it. */
record InboxItemView(
        String id,
        Optional<String> subject,
        String body,
        boolean html,
        Optional<String> category,
        InboxItem.State state,
        Instant at,
        Instant changedAt) {

    /** One page of an inbox. */
    record Page(String recipient, int unread, List<InboxItemView> items, Optional<String> next) {
        static Page of(String recipient, Inboxes.Page page) {
            return new Page(
                    recipient,
                    page.unread(),
                    page.items().stream().map(InboxItemView::of).toList(),
                    page.next());
        }
    }

    static InboxItemView of(InboxItem item) {
        return new InboxItemView(
                item.id(),
                item.subject(),
                item.body(),
                item.html(),
                item.category(),
                item.state(),
                item.at(),
                item.changed());
    }
}
