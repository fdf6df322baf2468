-- What has been used of each account of the budgets in its window. Rows of windows that have ended are deleted by the library.
-- Accounts are compared by the numbers of their characters, whatever the database's collation.
if object_id('signalbox_llm_budget') is null
create table signalbox_llm_budget (
    account nvarchar(400) collate Latin1_General_100_BIN2 not null primary key,
    tokens bigint not null,
    nanos bigint not null, -- money, in billionths of the prices' currency
    window_end bigint not null, -- milliseconds since 1970
    index signalbox_llm_budget_end (window_end)
);
