package dev.signalbox.server.command;

import me.tongfei.progressbar.ProgressBarConsumer;

/** Where progress goes that nobody watches. */
final class Silence implements ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
        return 80;
    }

    @Override
    public void accept(String rendered) {
        // Nobody watches.
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
