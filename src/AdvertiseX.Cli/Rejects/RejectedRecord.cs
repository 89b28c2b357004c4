using System.Text;
using System.Text.Unicode;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Rejects;

/// <summary>A row of <c>rejects</c>.</summary>
/// <param name="Fields">Its columns that are set, besides the bytes.</param>
/// <param name="Raw">The record as it came.</param>
internal sealed record RejectedRecord(IReadOnlyList<(string Name, string Value)> Fields, byte[] Raw)
{
    private static readonly string[] Columns =
    [
        "feed",
        "reason",
        "field",
        "expected",
        "found",
        "stream",
        "stream_offset",
        "stream_ordinal",
        "length",
        "contract",
        "received_time",
        "header",
    ];

    /// <summary>The bytes as text, or null when they are none.</summary>
    public string? Text =>
        Utf8.IsValid(Raw) && !Raw.AsSpan().ContainsAnyInRange((byte)0, (byte)8) ? Encoding.UTF8.GetString(Raw) : null;

    /// <summary>Whether the record was longer than what was kept of it.</summary>
    public bool IsCut => Raw.Length > 0 && Raw.Length < Length;

    /// <summary>Whether the bytes are kept with an earlier row of the same record: one with the same stream and offset
    /// and a lower ordinal.</summary>
    public bool IsElsewhere => Raw.Length == 0 && Length > 0;

    private long Length => long.TryParse(Value("length"), out var length) ? length : 0;

    public string? Value(string name)
    {
        foreach (var field in Fields)
            if (field.Name == name)
                return field.Value;
        return null;
    }

    /// <summary>Reads records; all of them are in memory.</summary>
    /// <exception cref="QueryException">The table cannot be read.</exception>
    public static async Task<IReadOnlyList<RejectedRecord>> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        string where,
        string order,
        CancellationToken cancellation
    )
    {
        var records = new List<RejectedRecord>();
        await VisitAsync(engine, lake, $"WHERE {where} {order}", records.Add, cancellation);
        return records;
    }

    /// <summary>Reads records one by one.</summary>
    public static async Task VisitAsync(
        IQueryEngine engine,
        DataLake lake,
        string clauses,
        Action<RejectedRecord> visit,
        CancellationToken cancellation
    )
    {
        var select =
            $"SELECT {string.Join(", ", Columns.Select(name => $"CAST({name} AS VARCHAR)"))}, raw FROM rejects {clauses}";
        using var result = await engine.ReadAsync(select, [LakeSets.Of(lake.Table("rejects"))], cancellation);
        while (result.Read())
        {
            var fields = new List<(string, string)>();
            for (var column = 0; column < Columns.Length; column++)
                if (result.GetString(column) is { } value)
                    fields.Add((Columns[column], value));
            visit(
                new RejectedRecord(
                    fields,
                    result.IsNull(Columns.Length) ? [] : result.Chunk[Columns.Length].GetBytes(result.Row).ToArray()
                )
            );
        }
    }

    /// <summary>As JSON: <c>raw</c> as text where it is some, else <c>raw_base64</c>; neither if an earlier row has
    /// the bytes.</summary>
    public IReadOnlyDictionary<string, object?> Describe()
    {
        var described = new Dictionary<string, object?>();
        foreach (var (name, value) in Fields)
            described[name] =
                name is "stream_offset" or "stream_ordinal" or "length" && long.TryParse(value, out var number)
                    ? number
                    : value;
        if (IsElsewhere)
            return described;
        if (Text is { } text)
            described["raw"] = text;
        else
            described["raw_base64"] = Convert.ToBase64String(Raw);
        return described;
    }
}
