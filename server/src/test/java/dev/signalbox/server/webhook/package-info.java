@NullMarked
package dev.signalbox.server.webhook;

import org.jspecify.annotations.NullMarked;
