@NullMarked
package dev.signalbox.session.bus;

import org.jspecify.annotations.NullMarked;
