@NullMarked
package dev.signalbox.delivery.inbox;

import org.jspecify.annotations.NullMarked;
