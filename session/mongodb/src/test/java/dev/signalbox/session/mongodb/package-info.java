@NullMarked
package dev.signalbox.session.mongodb;

import org.jspecify.annotations.NullMarked;
