@NullMarked
package dev.signalbox.server.observatory;

import org.jspecify.annotations.NullMarked;
