using AdvertiseX.Engines;

namespace AdvertiseX.Tests.Lake;

/// <summary>An engine during whose writing something else happens.</summary>
internal sealed class LateEngine(IQueryEngine engine, Func<Task> meanwhile) : IQueryEngine
{
    public string Name => engine.Name;

    public int Threads => engine.Threads;

    public SqlDialect Dialect => engine.Dialect;

    public async Task<IReadOnlyList<WrittenFile>> WriteAsync(
        string select,
        IReadOnlyList<ParquetSet> sets,
        ParquetOutput output,
        CancellationToken cancellation
    )
    {
        await meanwhile();
        return await engine.WriteAsync(select, sets, output, cancellation);
    }

    public Task<QueryResult> ReadAsync(string select, IReadOnlyList<ParquetSet> sets, CancellationToken cancellation) =>
        engine.ReadAsync(select, sets, cancellation);

    public void Dispose() { }
}
