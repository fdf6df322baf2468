-- Who did something to a reach, and why.
alter table delivery_outcome add column actor text;
alter table delivery_outcome add column note text;

-- For the errors of the last hour; successes have no entry.
create index delivery_outcome_errors on delivery_outcome (at) where error is not null;
