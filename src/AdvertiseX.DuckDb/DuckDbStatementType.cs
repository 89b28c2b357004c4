namespace AdvertiseX.DuckDb;

/// <summary>What a statement does (duckdb_statement_type of duckdb.h). Numbers not named here are later additions of
/// DuckDB.</summary>
internal enum DuckDbStatementType
{
    Invalid = 0,

    /// <summary>Everything that only reads: SELECT, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE.</summary>
    Select = 1,
    Insert = 2,
    Update = 3,

    /// <summary>EXPLAIN; with ANALYZE it runs the statement that it explains, whatever that does.</summary>
    Explain = 4,
    Delete = 5,
    Prepare = 6,
    Create = 7,
    Execute = 8,
    Alter = 9,
    Transaction = 10,
    Copy = 11,
    Analyze = 12,
    VariableSet = 13,
    CreateFunction = 14,
    Drop = 15,
    Export = 16,
    Pragma = 17,
    Vacuum = 18,
    Call = 19,
    Set = 20,
    Load = 21,
    Relation = 22,
    Extension = 23,
    LogicalPlan = 24,
    Attach = 25,
    Detach = 26,
    Multi = 27,
}
