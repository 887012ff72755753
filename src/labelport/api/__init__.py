"""The contract: every operation with its question, its answer and the right that it needs.

The SDK asks, the door answers; the command line, a server and its pages do nothing else.
"""

from labelport.api.exports import (
    CreateExport,
    Diff,
    DiffExports,
    Export,
    GetTotals,
    ListExports,
    Named,
    Plan,
    PlanExport,
    Reproduced,
    Result,
    RunExport,
    StreamLines,
    StreamRecords,
    Totals,
)
from labelport.api.operation import A, Done, Nothing, Operation, Page, Q, Right
from labelport.api.projects import (
    AddClass,
    CreateProject,
    EditAsset,
    Edited,
    Erased,
    EraseTask,
    FindProject,
    GetProject,
    ImportFiles,
    ImportReport,
    ListTasks,
    Project,
    ProjectName,
    PutMember,
    Rejected,
    RemoveTasks,
    RenameBatch,
    RenameClass,
    SaveTasks,
    Task,
)
from labelport.api.proofs import (
    Checkpoint,
    FoldDeliveries,
    Folded,
    LogFault,
    LogReport,
    TakeCheckpoint,
    Verified,
    VerifyDelivery,
    VerifyLog,
)
from labelport.api.trail import ListTrails, ListWorkTimes, ReportFault, ReportVerified, StreamReport, VerifyReport
from labelport.api.work import Acts, FindActs, GetStages, LeadTasks, RestoreTasks, SetStages, WorkOnTasks
from labelport.model.stages import Stages
from labelport.model.trail import LogEvent, Trail, WorkTime

__all__ = [
    "ADD_CLASS",
    "CREATE_EXPORT",
    "CREATE_PROJECT",
    "DIFF_EXPORTS",
    "EDIT_ASSET",
    "ERASE_TASK",
    "FIND_ACTS",
    "FIND_PROJECT",
    "FOLD_DELIVERIES",
    "GET_EXPORT",
    "GET_PROJECT",
    "GET_STAGES",
    "GET_TOTALS",
    "IMPORT_FILES",
    "LEAD_TASKS",
    "LIST_EXPORTS",
    "LIST_PROJECTS",
    "LIST_TASKS",
    "LIST_TRAILS",
    "LIST_WORK_TIMES",
    "PLAN_EXPORT",
    "PUT_MEMBER",
    "REMOVE_TASKS",
    "RENAME_BATCH",
    "RENAME_CLASS",
    "REPRODUCE_EXPORT",
    "RESTORE_TASKS",
    "RUN_EXPORT",
    "SAVE_TASKS",
    "SET_STAGES",
    "TAKE_CHECKPOINT",
    "VERIFY_DELIVERY",
    "VERIFY_LOG",
    "VERIFY_REPORT",
    "WORK_ON_TASKS",
    "A",
    "Acts",
    "AddClass",
    "Checkpoint",
    "CreateExport",
    "CreateProject",
    "Diff",
    "DiffExports",
    "Done",
    "EditAsset",
    "Edited",
    "EraseTask",
    "Erased",
    "Export",
    "FindActs",
    "FindProject",
    "FoldDeliveries",
    "Folded",
    "GetProject",
    "GetStages",
    "GetTotals",
    "ImportFiles",
    "ImportReport",
    "LeadTasks",
    "ListExports",
    "ListTasks",
    "ListTrails",
    "ListWorkTimes",
    "LogEvent",
    "LogFault",
    "LogReport",
    "Named",
    "Nothing",
    "Operation",
    "Page",
    "Plan",
    "PlanExport",
    "Project",
    "ProjectName",
    "PutMember",
    "Q",
    "Rejected",
    "RemoveTasks",
    "RenameBatch",
    "RenameClass",
    "ReportFault",
    "ReportVerified",
    "Reproduced",
    "RestoreTasks",
    "Result",
    "Right",
    "RunExport",
    "SaveTasks",
    "SetStages",
    "StreamLines",
    "StreamRecords",
    "StreamReport",
    "TakeCheckpoint",
    "Task",
    "Totals",
    "Trail",
    "Verified",
    "VerifyDelivery",
    "VerifyLog",
    "VerifyReport",
    "WorkOnTasks",
    "WorkTime",
]

CREATE_PROJECT = Operation("create-project", "POST", "/projects", CreateProject, Project, "write")
FIND_PROJECT = Operation("find-project", "GET", "/projects/{project}/name", FindProject, ProjectName, "read")
GET_PROJECT = Operation("get-project", "GET", "/projects/{project}", GetProject, Project, "read")
LIST_PROJECTS = Operation("list-projects", "GET", "/projects", Nothing, Page[Project], "read")
IMPORT_FILES = Operation("import-files", "POST", "/projects/{project}/imports", ImportFiles, ImportReport, "write")
LIST_TASKS = Operation("list-tasks", "GET", "/projects/{project}/tasks", ListTasks, Page[Task], "read")
SAVE_TASKS = Operation("save-tasks", "POST", "/projects/{project}/tasks", SaveTasks, Done, "write")
REMOVE_TASKS = Operation("remove-tasks", "DELETE", "/projects/{project}/tasks", RemoveTasks, Done, "write")
ERASE_TASK = Operation("erase-task", "DELETE", "/projects/{project}/contents", EraseTask, Erased, "administer")
ADD_CLASS = Operation("add-class", "POST", "/projects/{project}/classes", AddClass, Done, "write")
RENAME_CLASS = Operation("rename-class", "PUT", "/projects/{project}/classes", RenameClass, Done, "write")
RENAME_BATCH = Operation("rename-batch", "PUT", "/projects/{project}/batches", RenameBatch, Done, "write")
EDIT_ASSET = Operation("edit-asset", "PUT", "/assets", EditAsset, Edited, "write")
PUT_MEMBER = Operation("put-member", "PUT", "/members", PutMember, Done, "administer")
PLAN_EXPORT = Operation("plan-export", "POST", "/export-plans", PlanExport, Plan, "read")
CREATE_EXPORT = Operation("create-export", "POST", "/exports", CreateExport, Export, "export")
RUN_EXPORT = Operation("run-export", "POST", "/exports/{export}/runs", RunExport, Export, "export")
GET_EXPORT = Operation("get-export", "GET", "/exports/{export}", Named, Export, "read")
LIST_EXPORTS = Operation("list-exports", "GET", "/exports", ListExports, Page[Export], "read")
REPRODUCE_EXPORT = Operation(
    "reproduce-export", "POST", "/exports/{export}/reproductions", Named, Reproduced, "export", record=True
)
DIFF_EXPORTS = Operation("diff-exports", "GET", "/export-diffs", DiffExports, Diff, "read")
VERIFY_DELIVERY = Operation("verify-delivery", "GET", "/verifications", VerifyDelivery, Verified, "read")
FOLD_DELIVERIES = Operation("fold-deliveries", "POST", "/folds", FoldDeliveries, Folded, "read")
VERIFY_LOG = Operation("verify-log", "GET", "/log-reports", VerifyLog, LogReport, "audit")
TAKE_CHECKPOINT = Operation("take-checkpoint", "POST", "/checkpoints", TakeCheckpoint, Checkpoint, "audit")
GET_TOTALS = Operation("get-totals", "GET", "/exports/{export}/totals", GetTotals, Totals, "read")
WORK_ON_TASKS = Operation("work-on-tasks", "POST", "/projects/{project}/work", WorkOnTasks, Done, "write")
LEAD_TASKS = Operation("lead-tasks", "POST", "/projects/{project}/leading", LeadTasks, Done, "manage")
RESTORE_TASKS = Operation("restore-tasks", "POST", "/projects/{project}/restored", RestoreTasks, Done, "manage")
FIND_ACTS = Operation("find-acts", "GET", "/projects/{project}/acts", FindActs, Acts, "read")
SET_STAGES = Operation("set-stages", "PUT", "/projects/{project}/stages", SetStages, Done, "administer")
GET_STAGES = Operation("get-stages", "GET", "/projects/{project}/stages", GetStages, Stages, "read")
LIST_TRAILS = Operation("list-trails", "GET", "/projects/{project}/trails", ListTrails, Page[Trail], "audit")
LIST_WORK_TIMES = Operation(
    "list-work-times", "GET", "/projects/{project}/work-times", ListWorkTimes, Page[WorkTime], "audit"
)
VERIFY_REPORT = Operation("verify-report", "POST", "/report-checks", VerifyReport, ReportVerified, "read")
