@NullMarked
package dev.signalbox.server.hooks;

import org.jspecify.annotations.NullMarked;
