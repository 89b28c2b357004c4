namespace AdvertiseX.Engines;

/// <summary>
/// The SQL text of one engine: quoted names, literals, names of types, and what the shared words of models are called
/// there. Whoever makes SQL for an <see cref="IQueryEngine"/> takes the dialect from it; what only ever runs on DuckDB
/// (users' SQL, the lake's own needs) takes <see cref="DuckDb"/>. Immutable.
/// </summary>
public abstract class SqlDialect
{
    private protected SqlDialect() { }

    public static SqlDialect DuckDb { get; } = new DuckDbDialect();

    /// <summary>Spark 4 with its default settings for literals and identifiers.</summary>
    public static SqlDialect Spark { get; } = new SparkDialect();

    /// <summary>A quoted identifier that stands for exactly this name.</summary>
    public abstract string Name(string name);

    /// <summary>A literal of exactly this text.</summary>
    public abstract string Text(string text);

    /// <summary>A literal of the text, or <c>null</c>.</summary>
    public string TextOrNull(string? text) => text is null ? "null" : Text(text);

    /// <summary>Literals with commas between them, as <c>in (…)</c> takes them.</summary>
    public string Texts(IEnumerable<string> texts) => string.Join(", ", texts.Select(Text));

    /// <summary>One value that is a list of texts.</summary>
    public abstract string List(IEnumerable<string> texts);

    /// <summary>The type's name, as CAST takes it.</summary>
    public abstract string NameOf(SqlType type);

    /// <summary>An expression: the columns as one JSON object with their names, in this order, nulls
    /// included.</summary>
    public abstract string JsonObject(IEnumerable<string> columns);

    /// <summary>
    /// The text in this engine's words. Shared SQL is the subset that the engines have in common, with Spark's words
    /// where they differ: <c>unix_micros(…)</c>, <c>timestamp_micros(…)</c>, <c>unix_date(…)</c>, <c>decimal(38,
    /// 0)</c>, <c>a div b</c>. One word is neither's: <c>key_hash(column, …)</c>, 63 bits that differ from engine to
    /// engine, for what is compared within a run and never stored. Literals, quoted names and comments stay as they
    /// are: they have to be in this dialect already.
    /// </summary>
    public abstract string Translate(string sql);
}
