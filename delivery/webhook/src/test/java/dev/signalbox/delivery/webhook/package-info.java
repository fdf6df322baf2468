@NullMarked
package dev.signalbox.delivery.webhook;

import org.jspecify.annotations.NullMarked;
