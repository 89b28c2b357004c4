namespace AdvertiseX.Models;

/// <summary>
/// The input files that make a model due: those that came and went, or all of them where everything is computed. A
/// keyed model reads more, the rows that are tied to theirs.
/// </summary>
/// <param name="Files">Files.</param>
/// <param name="Rows">Rows of those that are still part of their tables.</param>
/// <param name="Dates">Different event dates.</param>
internal sealed record ModelWork(int Files, long Rows, int Dates)
{
    internal static ModelWork Of(ModelPlan plan)
    {
        var files = plan.Kind switch
        {
            ModelPlanKind.Full => plan.Inputs.SelectMany(input => input.Files),
            ModelPlanKind.Incremental => plan.Inputs.SelectMany(input => input.Added.Concat(input.Removed)),
            _ => [],
        };
        var list = files.ToList();
        return new ModelWork(
            list.Count,
            list.Sum(file => file.Rows),
            list.Select(file => file.EventDate).OfType<DateOnly>().Distinct().Count()
        );
    }
}
