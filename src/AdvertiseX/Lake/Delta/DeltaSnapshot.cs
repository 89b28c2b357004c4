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
    public FileSet Files { get; private init; } = FileSet.Empty;

    /// <summary>How far each application has got, by its id.</summary>
    public ImmutableDictionary<string, SetTransaction> Transactions { get; private init; } =
        ImmutableDictionary.Create<string, SetTransaction>(StringComparer.Ordinal);

    /// <summary>The table's columns.</summary>
    /// <exception cref="DeltaException">A column has a type that is not known here.</exception>
    public DeltaSchema Schema => field ??= DeltaSchema.Parse(Metadata.SchemaString);

    /// <summary>Files that came and went, and the other actions read, since the table's making or since the checkpoint
    /// that the reading began with, its own included.</summary>
    internal long ActionsRead { get; private init; }

    /// <summary>Before version 0.</summary>
    internal static DeltaSnapshot Empty { get; } = new(-1);

    /// <summary>Version of an application's last commit, -1 when it has none.</summary>
    public long TransactionOf(string appId) => Transactions.TryGetValue(appId, out var txn) ? txn.Version : -1;

    /// <summary>The table that a checkpoint holds.</summary>
    internal static DeltaSnapshot Of(long version, CheckpointContent checkpoint) =>
        new(version)
        {
            Protocol = checkpoint.Protocol,
            Metadata = checkpoint.Metadata,
            Files = new(checkpoint.Files),
            Transactions = Empty.Transactions.SetItems(
                checkpoint.Transactions.Select(txn => KeyValuePair.Create(txn.AppId, txn))
            ),
            ActionsRead = checkpoint.Actions,
        };

    /// <summary>This snapshot with one more commit on it ("Action Reconciliation").</summary>
    internal DeltaSnapshot Apply(long version, IReadOnlyCollection<DeltaAction> actions)
    {
        var protocol = Protocol;
        var metadata = Metadata;
        var transactions = Transactions;
        foreach (var action in actions)
        {
            switch (action)
            {
                case SetTransaction txn:
                    transactions = transactions.SetItem(txn.AppId, txn);
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
            Files = Files.With(actions),
            Transactions = transactions,
            ActionsRead = ActionsRead + actions.Count,
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
