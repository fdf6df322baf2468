package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.DeliveryQueue.BulkChange;
import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Goes through all that a filter finds, up to its limit, in pages that are small enough for one transaction. */
final class BulkPages {
    private static final int PAGE_SIZE = 100;

    private BulkPages() {}

    /** @param change changes the items of a page, and returns how many it has changed */
    static BulkChange through(MessageFilter filter, Function<MessageFilter, Page> list, ToIntFunction<Page> change) {
        MessageFilter rest = filter;
        int matched = 0;
        int changed = 0;
        while (true) {
            Page page = list.apply(rest.withLimit(Math.min(PAGE_SIZE, filter.limit() - matched)));
            matched += page.items().size();
            changed += change.applyAsInt(page);
            rest = rest.withCursor(page.next());
            if (page.next().isEmpty() || page.searched().isPresent() || matched == filter.limit()) {
                return new BulkChange(matched, changed, page.next());
            }
        }
    }
}
