using System.Collections.Immutable;

namespace AdvertiseX.Lake.Delta;

/// <summary>A table as it was at one version. Immutable, safe for many threads.</summary>
internal sealed class DeltaSnapshot
{
    private static readonly TableProtocol NoProtocol = new(0, 0, [], []);
    private static readonly TableMetadata NoMetadata = new("", null, "", [], new Dictionary<string, string?>(), null);

    private DeltaSnapshot(long version) => Version = version;

    /// <summary>Version of the last commit in it; -1 before the table's first.</summary>
    public long Version { get; private init; }

    public TableProtocol Protocol { get; private init; } = NoProtocol;

    public TableMetadata Metadata { get; private init; } = NoMetadata;

    /// <summary>Live files by path.</summary>
    public ImmutableDictionary<string, AddFile> Files { get; private init; } =
        ImmutableDictionary.Create<string, AddFile>(StringComparer.Ordinal);

    /// <summary>Files that left the table and may still be read at older versions, by path.</summary>
    public ImmutableDictionary<string, RemoveFile> Tombstones { get; private init; } =
        ImmutableDictionary.Create<string, RemoveFile>(StringComparer.Ordinal);

    /// <summary>How far each application has got, by its id.</summary>
    public ImmutableDictionary<string, SetTransaction> Transactions { get; private init; } =
        ImmutableDictionary.Create<string, SetTransaction>(StringComparer.Ordinal);

    /// <summary>The table's columns.</summary>
    /// <exception cref="DeltaException">A column has a type that is not known here.</exception>
    public DeltaSchema Schema => field ??= DeltaSchema.Parse(Metadata.SchemaString);

    /// <summary>Before version 0.</summary>
    internal static DeltaSnapshot Empty { get; } = new(-1);

    /// <summary>Version of an application's last commit, -1 when it has none.</summary>
    public long TransactionOf(string appId) => Transactions.TryGetValue(appId, out var txn) ? txn.Version : -1;

    /// <summary>This snapshot with one more commit (or a whole checkpoint) on it ("Action Reconciliation").</summary>
    internal DeltaSnapshot Apply(long version, IEnumerable<DeltaAction> actions)
    {
        var protocol = Protocol;
        var metadata = Metadata;
        var files = Files.ToBuilder();
        var tombstones = Tombstones.ToBuilder();
        var transactions = Transactions.ToBuilder();
        foreach (var action in actions)
        {
            switch (action)
            {
                case AddFile add:
                    files[add.Path] = add;
                    tombstones.Remove(add.Path);
                    break;
                case RemoveFile remove:
                    files.Remove(remove.Path);
                    tombstones[remove.Path] = remove;
                    break;
                case SetTransaction txn:
                    transactions[txn.AppId] = txn;
                    break;
                case TableMetadata newer:
                    metadata = newer;
                    break;
                case TableProtocol newer:
                    protocol = newer;
                    break;
            }
        }
        return new(version)
        {
            Protocol = protocol,
            Metadata = metadata,
            Files = files.ToImmutable(),
            Tombstones = tombstones.ToImmutable(),
            Transactions = transactions.ToImmutable(),
        };
    }

    /// <summary>Whether both are tables of the same shape, so that a file made for one fits the other.</summary>
    internal bool HasShapeOf(DeltaSnapshot other) =>
        ReferenceEquals(Metadata, other.Metadata) && ReferenceEquals(Protocol, other.Protocol)
        || DeltaJson
            .Lines([Metadata, Protocol])
            .AsSpan()
            .SequenceEqual(DeltaJson.Lines([other.Metadata, other.Protocol]));
}
