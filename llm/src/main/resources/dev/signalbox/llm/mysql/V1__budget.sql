-- What has been used of each account of the budgets in its window. Rows of windows that have ended are deleted by the library.
CREATE TABLE IF NOT EXISTS signalbox_llm_budget (
    account varchar(400) PRIMARY KEY,
    tokens bigint NOT NULL,
    nanos bigint NOT NULL, -- money, in billionths of the prices' currency
    window_end bigint NOT NULL, -- milliseconds since 1970
    KEY signalbox_llm_budget_end (window_end)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
