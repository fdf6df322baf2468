@NullMarked
package dev.signalbox.server.inbox;

import org.jspecify.annotations.NullMarked;
