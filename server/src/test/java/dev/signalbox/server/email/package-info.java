@NullMarked
package dev.signalbox.server.email;

import org.jspecify.annotations.NullMarked;
