@NullMarked
package dev.signalbox.session.postgres;

import org.jspecify.annotations.NullMarked;
